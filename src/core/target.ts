import type { Offer } from './offer.js';
import type { PriceVersion } from './price.js';
import type { ProviderDefinition } from './provider.js';

/** An offer with a credential and a price, ready to be called. */
export interface Target {
  readonly offer: Offer;
  readonly provider: ProviderDefinition;
  /** The address that requests go to, without a trailing slash. */
  readonly baseUrl: string;
  readonly credential: Credential;
  /** The version valid when the call started. */
  readonly price: PriceVersion;
}

export interface Credential {
  readonly id: string;
  /** Whose key it is: with the organization's own the wallet is not charged. */
  readonly owner: 'platform' | 'organization';
  readonly secret: string;
}
