import type { PriceVersion } from './price.js';
import type { ProtocolId } from './provider.js';

export type Modality = 'text' | 'image' | 'audio' | 'file' | 'video';

export interface OfferCapabilities {
  readonly tools?: boolean;
  readonly jsonObject?: boolean;
  readonly jsonSchema?: boolean;
  readonly reasoning?: boolean;
  readonly reasoningEfforts?: readonly string[];
  /** False: the model refuses temperature and top_p. */
  readonly temperature?: boolean;
  readonly inputModalities: readonly Modality[];
  readonly outputModalities: readonly Modality[];
  readonly webSearch?: boolean;
  readonly promptCaching?: boolean;
  /** The protocol in which the offer is spoken to, where it is not its provider's own. */
  readonly protocol?: ProtocolId;
}

export type OfferStatus = 'active' | 'beta' | 'deprecated' | 'removed';

/** The prices of an offer that are valid at a time (ms since the epoch): the latest that had begun. */
export function priceAt(offer: Offer, at: number): PriceVersion | undefined {
  return offer.prices.findLast((version) => version.validFrom <= at);
}

/** A model at a provider. */
export interface Offer {
  /** `<provider>/<model>`, or with a variant `<provider>/<model>:<variant>`. */
  readonly id: string;
  readonly modelId: string;
  readonly providerId: string;
  /** The provider's own name of the model. */
  readonly upstreamModel: string;
  readonly variant: string | null;
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
  readonly capabilities: OfferCapabilities;
  readonly status: OfferStatus;
  /** A price that needs a look before it may be billed. */
  readonly suspect: boolean;
  /** When the provider ends it or ended it, milliseconds since the epoch; null where not known. */
  readonly deprecatedAt?: number | null;
  /** Ascending by validFrom. */
  readonly prices: readonly PriceVersion[];
}
