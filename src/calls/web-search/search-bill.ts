import type { Bill } from '../../billing/index.js';
import { costOf, formatUsd, ONE, type Multiplier } from '../../core/money.js';
import { searchPriceOf } from '../../providers/index.js';
import type { SearchCharge } from './outcome.js';

/** What searches of the gateway's own cost who called, as a line of its bill. */
export function searchBill(charge: SearchCharge, multiplier: Multiplier): Bill {
  const amount = costOf(charge.searches, searchPriceOf(charge.price) ?? 0n, multiplier);
  return { lines: [{ meter: 'web_search', quantity: charge.searches, amount }], total: amount };
}

/**
 * Units of a call that tell its searches apart from those of its model's provider: how many, at which price, and what
 * the search provider asks of us, decimal USD; that only where the credentials are ours.
 */
export function searchUnits(
  charge: SearchCharge,
  isOurs: boolean,
): Readonly<Record<string, unknown>> {
  return {
    injectedSearches: charge.searches,
    searchProvider: charge.provider,
    searchPriceVersion: charge.price.id,
    ...(isOurs ? { searchCost: formatUsd(searchBill(charge, ONE).total) } : {}),
  };
}
