import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { isObject } from '../../core/json-object.js';
import { DownloadClient } from '../download.client.js';
import { StoredCredentialService } from '../credentials/stored-credential.service.js';
import { readCustomModels } from './custom-model.js';
import { CustomProviderListService } from './custom-provider-list.service.js';
import type { DiscoveredModelList } from './custom-provider.dto.js';
import { definitionOf } from './custom-provider.js';

const LIMITS = { maxBytes: 4 * 1024 * 1024, timeoutMs: 10_000 };
const MOST_MODELS = 1_000;
/** Gemini's names of models begin with their collection. */
const COLLECTION = /^models\//;

/** Asks providers that were added at run time which models they have. */
@Injectable()
export class CustomDiscoveryService {
  constructor(
    private readonly providers: CustomProviderListService,
    private readonly credentials: StoredCredentialService,
    private readonly downloads: DownloadClient,
  ) {}

  /** @throws GatewayError resource_not_found, resource_conflict without a credential, upstream_error, upstream_timeout */
  async models(organizationId: string | null, id: string): Promise<DiscoveredModelList> {
    const row = await this.providers.find(organizationId, id);
    const provider = definitionOf(row);
    const stored = await this.credentials.read(organizationId);
    const credential = stored.find(({ providerId }) => providerId === row.slug)?.credential;
    if (!provider || !credential)
      throw new GatewayError('resource_conflict', {
        message: 'The provider has no credential to ask it with; add one first.',
      });
    const destination = { provider, credential, baseUrl: credential.baseUrl };
    const { status, text } = await this.downloads.read(destination, '/models', LIMITS);
    const names = status === 200 ? namesIn(text) : undefined;
    if (!names)
      throw new GatewayError('upstream_error', {
        message: `The provider answers with status ${status}, and no list of models.`,
      });
    const declared = new Set(readCustomModels(row.models).map((model) => model.upstreamModel));
    const data = names.map((name) => ({
      object: 'discovered_model' as const,
      id: name,
      is_declared: declared.has(name),
    }));
    return { object: 'list', data, has_more: false, next_cursor: null };
  }
}

/** The names in a list of models, in the form of OpenAI and Anthropic or of Gemini; undefined where it is none. */
function namesIn(text: string): readonly string[] | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(answer)) return undefined;
  const entries = answer['data'] ?? answer['models'];
  if (!Array.isArray(entries)) return undefined;
  const names = entries.flatMap((entry: unknown) => {
    if (!isObject(entry)) return [];
    const name = entry['id'] ?? entry['name'];
    return typeof name === 'string' && name !== '' ? [name.replace(COLLECTION, '')] : [];
  });
  return [...new Set(names)].sort().slice(0, MOST_MODELS);
}
