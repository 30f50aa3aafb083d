import type { Offer } from './offer.js';
import type { PriceVersion } from './price.js';
import type { ProviderDefinition, SettingValue } from './provider.js';

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
  /** The address that requests with it go to, without a trailing slash. */
  readonly baseUrl: string;
  /** Scheme, host and port that the secret may be sent to, and nowhere else. */
  readonly origin: string;
  /** What the provider wants beside the secret. */
  readonly settings?: Readonly<Record<string, SettingValue>>;
  /** The headers that the settings stand for. */
  readonly headers?: Readonly<Record<string, string>>;
}
