import type { Offer, OfferCapabilities } from '../../src/core/offer.js';
import type { Meter, PriceVersion } from '../../src/core/price.js';
import type { ProviderDefinition } from '../../src/core/provider.js';
import type { Credential, Target } from '../../src/core/target.js';

/** What a test may say about a target; the rest is made up. */
export interface TargetOptions {
  readonly upstreamModel?: string;
  readonly maxOutputTokens?: number | null;
  readonly contextWindow?: number | null;
  readonly capabilities?: Partial<OfferCapabilities>;
  readonly provider?: Partial<ProviderDefinition>;
  /** Settings of the credential. */
  readonly settings?: NonNullable<Credential['settings']>;
  /** What has a price, of a pico-dollar. Default: nothing. */
  readonly pricedMeters?: readonly Meter[];
}

/** A million units cost a million times a pico-dollar. */
function priceOf(meters: readonly Meter[]): PriceVersion {
  const components = meters.map((meter) => ({ meter, price: 1_000_000n, conditions: {} }));
  return { id: 'test', validFrom: 0, components };
}

const PROVIDER: ProviderDefinition = {
  id: 'test',
  name: 'Test',
  protocol: 'chat-completions',
  baseUrl: 'http://127.0.0.1',
  auth: { kind: 'none' },
  environment: [],
  baseUrlEnvironment: 'TEST_BASE_URL',
};

/** A target that takes every modality and costs nothing. */
export function makeTarget(options: TargetOptions = {}): Target {
  const provider = { ...PROVIDER, ...options.provider };
  const upstreamModel = options.upstreamModel ?? 'test-model';
  const price = priceOf(options.pricedMeters ?? []);
  const offer: Offer = {
    id: `${provider.id}/${upstreamModel}`,
    modelId: upstreamModel,
    providerId: provider.id,
    upstreamModel,
    variant: null,
    contextWindow: options.contextWindow ?? null,
    maxOutputTokens: options.maxOutputTokens ?? null,
    capabilities: {
      inputModalities: ['text', 'image', 'audio', 'file', 'video'],
      outputModalities: ['text', 'image', 'audio'],
      ...options.capabilities,
    },
    status: 'active',
    suspect: false,
    prices: [price],
  };
  const { baseUrl } = provider;
  const { origin } = new URL(baseUrl);
  const { settings } = options;
  const known = { id: 'test', owner: 'platform', secret: '', baseUrl, origin } as const;
  const credential: Credential = { ...known, ...(settings ? { settings } : {}) };
  return { offer, provider, baseUrl, credential, price };
}
