import { priceAt, type Offer } from '../../../core/offer.js';
import type { ComponentRecord } from '../catalogue-price.js';
import { componentRecord, isSamePrice, overlaid } from './component-record.js';
import type { ImportedPrice } from './imported.js';
import { risksOf } from './price-risks.js';

/** New prices of an offer. */
export interface PriceChange {
  readonly offer_id: string;
  /** ISO 8601; null: when the plan is applied. */
  readonly valid_from: string | null;
  /** What holds there without the change; null: nothing does. */
  readonly before: readonly ComponentRecord[] | null;
  readonly after: readonly ComponentRecord[];
  /** Why it needs a confirmation; empty: it needs none. */
  readonly held: readonly string[];
}

/** When prices that are not announced for a date begin to hold. */
export interface Beginning {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Null: when the plan is applied. */
  readonly effectiveAt: number | null;
}

/** What a source says of an offer that the catalogue has, or gets with the same plan. */
export interface PricesOfOffer {
  readonly offerId: string;
  readonly offer: Offer | undefined;
  /** Ascending by validFrom. */
  readonly prices: readonly ImportedPrice[];
  /** Whether the source says all of the price, or only of the meters that its format knows. */
  readonly isWhole: boolean;
}

/**
 * How the prices of an offer change: the one that the source has for today, and those that it announces. What it says
 * of the past is history and stays as it is.
 */
export function priceChanges(
  { offerId, offer, prices, isWhole }: PricesOfOffer,
  { now, effectiveAt }: Beginning,
): readonly PriceChange[] {
  const start = effectiveAt ?? now;
  const present = prices.findLast(({ validFrom }) => (validFrom ?? 0) <= start);
  const announced = prices.filter(({ validFrom }) => (validFrom ?? 0) > start);
  const changes: PriceChange[] = [];
  let earlier: Announced | undefined;
  const consider = (price: ImportedPrice, moment: number, validFrom: number | null): void => {
    const before = componentsAt(offer, moment, earlier);
    const after = isWhole || !before ? price.components : overlaid(before, price.components);
    if (before && isSamePrice(before, after)) return;
    earlier = { moment, components: after };
    changes.push({
      offer_id: offerId,
      valid_from: validFrom === null ? null : new Date(validFrom).toISOString(),
      before,
      after,
      held: risksOf(before, after),
    });
  };
  if (present) consider(present, start, effectiveAt);
  for (const price of announced) consider(price, price.validFrom ?? start, price.validFrom);
  return changes;
}

/** Prices that a change before this one brings. */
interface Announced {
  readonly moment: number;
  readonly components: readonly ComponentRecord[];
}

/** The prices at a moment: of the catalogue, or of an earlier change, whichever begins later. */
function componentsAt(
  offer: Offer | undefined,
  moment: number,
  earlier: Announced | undefined,
): readonly ComponentRecord[] | null {
  const version = offer && priceAt(offer, moment);
  if (earlier && (version?.validFrom ?? 0) <= earlier.moment) return earlier.components;
  return version ? version.components.map(componentRecord) : null;
}
