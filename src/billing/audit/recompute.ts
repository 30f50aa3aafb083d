import { costOf as priceOf, formatUsd, ONE, parseMultiplier, parseUsd } from '../../core/money.js';
import type { PriceVersion } from '../../core/price.js';
import type { Usage } from '../../core/usage.js';
import type { AttemptCost } from '../journal/journal-record.js';
import { priceUsage, type Bill } from '../pricing/cost-lines.js';
import type { Violation } from './invariant.js';

/** A figure of a call as it is booked; amounts are decimal USD. */
export interface BookedFigure {
  readonly call_id: string;
  readonly revision: number;
  /** With what else is told there of searches that the gateway ran itself. */
  readonly units: Omit<Usage, 'reportedCost'> & {
    readonly reportedCost?: string;
    readonly injectedSearches?: number;
    readonly searchProvider?: string;
    readonly searchPriceVersion?: string;
  };
  readonly amount: string;
  readonly provider_cost: string;
  readonly charged: boolean;
  /** What failed attempts and searches cost us; null where none did. */
  readonly attempt_costs: readonly AttemptCost[] | null;
  readonly plan_multiplier: string;
  /** Milliseconds since the epoch. */
  readonly started_at: number;
  readonly has_lines: boolean;
}

/**
 * What is wrong with the cost of a figure, computed again from its units and the price that the call began with;
 * undefined where nothing is. `searchPrice` is that of the searches that the gateway ran for it. A call without usage
 * owes nothing, not even a price for the request itself.
 */
export function costFault(
  figure: BookedFigure,
  price: PriceVersion,
  searchPrice?: PriceVersion,
): Violation | undefined {
  const subject = `${figure.call_id}/${figure.revision}`;
  try {
    const multiplier = figure.charged ? parseMultiplier(figure.plan_multiplier) : ONE;
    const cost = costOf(figure, price, multiplier) + searchesOf(figure, searchPrice, multiplier);
    if (cost !== parseUsd(figure.amount))
      return { subject, detail: `costs ${figure.amount}, its units ${formatUsd(cost)}` };
    const searched = expenseFault(figure, searchPrice);
    if (searched !== undefined) return { subject, detail: searched };
    // A better figure of usage alone leaves what the provider asks as it was.
    if (figure.revision > 1 || !figure.charged) return undefined;
    const asked = providerCostOf(figure, price);
    if (asked === parseUsd(figure.provider_cost)) return undefined;
    return {
      subject,
      detail: `the provider asks ${formatUsd(asked)}, not ${figure.provider_cost}`,
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { subject, detail: `cannot be priced: ${error.message}` };
  }
}

/** What the provider reported, else its list price. */
function providerCostOf(figure: BookedFigure, price: PriceVersion): bigint {
  const { reportedCost } = figure.units;
  return reportedCost === undefined ? costOf(figure, price, ONE) : parseUsd(reportedCost);
}

function costOf(figure: BookedFigure, price: PriceVersion, multiplier: typeof ONE): bigint {
  const { promptTokens = 0, completionTokens = 0 } = figure.units as Partial<Usage>;
  if (!figure.has_lines && promptTokens + completionTokens === 0) return 0n;
  const { reportedCost: _text, ...usage } = { ...figure.units, promptTokens, completionTokens };
  const priced = priceUsage(usage, price, { at: figure.started_at, multiplier });
  const bill: Bill = priced.kind === 'priced' ? priced : priced.atLeast;
  return bill.total;
}

/** Searches with our credentials cost us their list price, also where the call was not answered. */
function expenseFault(
  { units, charged, attempt_costs: costs }: BookedFigure,
  price: PriceVersion | undefined,
): string | undefined {
  const { injectedSearches = 0, searchProvider } = units;
  if (injectedSearches === 0 || !charged) return undefined;
  const asked = searchCost(injectedSearches, price, ONE);
  const booked = (costs ?? [])
    .filter(({ provider }) => provider === searchProvider)
    .reduce((sum, { cost }) => sum + parseUsd(cost), 0n);
  return asked === booked
    ? undefined
    : `its searches cost us ${formatUsd(asked)}, not ${formatUsd(booked)}`;
}

/** A call that was not answered owes none. */
function searchesOf(
  { units, has_lines: hasLines }: BookedFigure,
  price: PriceVersion | undefined,
  multiplier: typeof ONE,
): bigint {
  const { injectedSearches = 0 } = units;
  return injectedSearches === 0 || !hasLines ? 0n : searchCost(injectedSearches, price, multiplier);
}

function searchCost(
  searches: number,
  price: PriceVersion | undefined,
  multiplier: typeof ONE,
): bigint {
  const perMillion = price?.components.find(({ meter }) => meter === 'web_search')?.price;
  if (perMillion === undefined) throw new RangeError('its searches have no price');
  return priceOf(searches, perMillion, multiplier);
}
