import type { Offer } from '../../core/offer.js';
import type { PriceVersion } from '../../core/price.js';
import type { Credential } from '../../core/target.js';
import type { CatalogueSnapshot } from '../catalogue/catalogue-snapshot.js';
import { comparePrices } from '../routing/score.js';
import { SEARCH_PROVIDERS } from './registry.js';
import type { SearchProvider } from './search-provider.js';

/** The catalogue's model that the offers of search providers are of. */
export const SEARCH_MODEL = 'web-search';

/** A search provider with a credential and the price of the moment, ready to be asked. */
export interface SearchTarget {
  readonly provider: SearchProvider;
  readonly credential: Credential;
  /** The version that was valid when the call started; it prices the meter web_search. */
  readonly price: PriceVersion;
  /** Of one search, pico-USD per million. */
  readonly pricePerMillion: bigint;
}

/** What decides which search providers a call may ask. */
export interface SearchAsker {
  readonly snapshot: CatalogueSnapshot;
  /** Whose credentials the call goes by: what it costs is paid by one purse. */
  readonly owner: Credential['owner'];
  /** When the call started, ms since the epoch. */
  readonly at: number;
  credentialsFor(provider: SearchProvider['definition']): readonly Credential[];
  allows(offer: Offer): boolean;
}

/** The search providers that a call may ask, the cheapest first. One without a price is none of them. */
export function searchTargetsFor(asker: SearchAsker): readonly SearchTarget[] {
  const { snapshot, owner, at } = asker;
  const offers = snapshot.offersOf(SEARCH_MODEL);
  const targets = SEARCH_PROVIDERS.flatMap((provider): readonly SearchTarget[] => {
    const offer = offers.find(({ providerId }) => providerId === provider.definition.id);
    const price = offer && !offer.suspect ? snapshot.priceAt(offer, at) : undefined;
    const perSearch = price && searchPriceOf(price);
    if (!offer || !price || perSearch === undefined || !asker.allows(offer)) return [];
    const credential = asker
      .credentialsFor(provider.definition)
      .find((candidate) => candidate.owner === owner);
    return credential ? [{ provider, credential, price, pricePerMillion: perSearch }] : [];
  });
  return targets.sort((left, right) => comparePrices(left.pricePerMillion, right.pricePerMillion));
}

/** What a version asks for a search, pico-USD per million; undefined where it does not price searches. */
export function searchPriceOf({ components }: PriceVersion): bigint | undefined {
  return components.find(({ meter }) => meter === 'web_search')?.price;
}

/** The variables and ids that a message names, so that who reads it knows what to set. */
export const SEARCH_SETTINGS = SEARCH_PROVIDERS.flatMap(
  ({ definition }) => definition.environment,
).join(', ');
