import type { Offer } from '../../core/offer.js';
import type { AuthStyle, ProviderDefinition } from '../../core/provider.js';
import { priceVersionId, toPriceComponent } from '../catalogue/catalogue-price.js';
import { CatalogueSnapshot, type CatalogueModel } from '../catalogue/catalogue-snapshot.js';
import { anthropic } from '../definitions/anthropic.js';
import { COMPATIBLE } from '../definitions/compatible.js';
import { googleAiStudio } from '../definitions/google-ai-studio.js';
import { readCustomModels, type CustomModel } from './custom-model.js';

export const CUSTOM_PROTOCOLS = ['chat-completions', 'anthropic-messages', 'gemini'] as const;
export type CustomProtocol = (typeof CUSTOM_PROTOCOLS)[number];

/** A row of custom_provider, as far as calls need it. */
export interface CustomProviderRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly protocol: string;
  readonly baseUrl: string;
  readonly models: unknown;
}

/** The providers that an organization has beside the built-in ones, and what they offer. */
export interface OwnProviders {
  /** By the id that clients write. */
  readonly providers: ReadonlyMap<string, ProviderDefinition>;
  readonly snapshot: CatalogueSnapshot;
}

export const NO_OWN_PROVIDERS: OwnProviders = {
  providers: new Map(),
  snapshot: CatalogueSnapshot.EMPTY,
};

/** How each dialect is spoken where nothing else is known of the provider. */
const DIALECTS: Readonly<
  Record<CustomProtocol, { readonly auth: AuthStyle } & Partial<ProviderDefinition>>
> = {
  'chat-completions': { auth: { kind: 'bearer' }, quirks: COMPATIBLE },
  'anthropic-messages': {
    auth: anthropic.auth,
    ...(anthropic.headers && { headers: anthropic.headers }),
  },
  gemini: { auth: googleAiStudio.auth },
};

/** A provider of the table as calls know providers; undefined for a protocol that is none of the three. */
export function definitionOf(row: CustomProviderRow): ProviderDefinition | undefined {
  const protocol = CUSTOM_PROTOCOLS.find((known) => known === row.protocol);
  if (!protocol) return undefined;
  const { slug: id, name, baseUrl } = row;
  return {
    id,
    name,
    protocol,
    baseUrl,
    environment: [],
    baseUrlEnvironment: '',
    ...DIALECTS[protocol],
  };
}

/** What rows add up to. @throws CatalogueFileError for models that no request could have made */
export function ownProvidersOf(rows: readonly CustomProviderRow[]): OwnProviders {
  const providers = new Map<string, ProviderDefinition>();
  const models = new Map<string, CatalogueModel>();
  const offers: Offer[] = [];
  for (const row of rows) {
    const provider = definitionOf(row);
    if (!provider) continue;
    providers.set(provider.id, provider);
    for (const model of readCustomModels(row.models)) {
      if (!models.has(model.id)) models.set(model.id, catalogueModel(model, row));
      offers.push(offerOf(model, row));
    }
  }
  const snapshot = CatalogueSnapshot.of({
    models: [...models.values()],
    aliases: new Map(),
    offers,
  });
  return { providers, snapshot };
}

function catalogueModel(model: CustomModel, row: CustomProviderRow): CatalogueModel {
  const { id, name, contextWindow, maxOutputTokens, capabilities } = model;
  const limits = { contextWindow, maxOutputTokens, capabilities };
  return { id, name, lab: row.slug, family: row.slug, type: 'chat', releasedAt: null, ...limits };
}

function offerOf(model: CustomModel, row: CustomProviderRow): Offer {
  const { upstreamModel, contextWindow, maxOutputTokens, capabilities, prices } = model;
  const id = `${row.slug}/${model.id}`;
  return {
    id,
    modelId: model.id,
    providerId: row.slug,
    variant: null,
    status: 'active',
    suspect: false,
    ...{ upstreamModel, contextWindow, maxOutputTokens, capabilities },
    prices: [
      {
        // The row's id: two organizations may call their providers alike.
        id: priceVersionId(`${row.id}/${model.id}`, 0, prices),
        validFrom: 0,
        components: prices.map(toPriceComponent),
      },
    ],
  };
}
