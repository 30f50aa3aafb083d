import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { isObject } from '../../core/json-object.js';
import type { ProviderDefinition } from '../../core/provider.js';
import { DownloadClient } from '../download.client.js';
import { StoredCredentialService } from '../credentials/stored-credential.service.js';
import type { UpstreamDestination } from '../upstream.client.js';
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

  /** With its credential, or without one where it has none. @throws GatewayError resource_not_found, upstream_error, upstream_timeout */
  async models(organizationId: string | null, id: string): Promise<DiscoveredModelList> {
    const row = await this.providers.find(organizationId, id);
    const provider = definitionOf(row);
    const stored = await this.credentials.read(organizationId);
    const credential = stored.find(({ providerId }) => providerId === row.slug)?.credential;
    if (!provider)
      throw new GatewayError('internal_error', { detail: `${row.id} has no known protocol` });
    const destination = credential
      ? { provider, credential, baseUrl: credential.baseUrl }
      : anonymous(provider);
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

/** Many that run in one's own network want no key. */
function anonymous(provider: ProviderDefinition): UpstreamDestination {
  const { baseUrl } = provider;
  const { origin } = new URL(baseUrl);
  return {
    provider: { ...provider, auth: { kind: 'none' } },
    credential: { id: 'none', owner: 'organization', secret: '', baseUrl, origin },
    baseUrl,
  };
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
