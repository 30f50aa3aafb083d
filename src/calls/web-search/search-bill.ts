import type { AttemptCost, Bill } from '../../billing/index.js';
import { costOf, formatUsd, ONE, type Multiplier } from '../../core/money.js';
import { SEARCH_MODEL, searchPriceOf } from '../../providers/index.js';
import type { SearchCharge } from './outcome.js';

/** What searches of the gateway's own cost who called, as a line of its bill. */
export function searchBill(charge: SearchCharge, multiplier: Multiplier): Bill {
  const amount = costOf(charge.searches, searchPriceOf(charge.price) ?? 0n, multiplier);
  return { lines: [{ meter: 'web_search', quantity: charge.searches, amount }], total: amount };
}

/** What the search provider asks of us; undefined where that is nothing, or the organization's own key was used. */
export function searchExpense(charge: SearchCharge): AttemptCost | undefined {
  const { total } = searchBill(charge, ONE);
  if (!charge.isOurs || total === 0n) return undefined;
  return { provider: charge.provider, model: SEARCH_MODEL, cost: formatUsd(total) };
}

/** Units of a call that tell its searches apart from those of its model's provider: how many, by whom, at which price. */
export function searchUnits(charge: SearchCharge): Readonly<Record<string, unknown>> {
  return {
    injectedSearches: charge.searches,
    searchProvider: charge.provider,
    searchPriceVersion: charge.price.id,
  };
}
