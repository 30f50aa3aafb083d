import { formatUsd, ONE, parseMultiplier, parseUsd, UNITS_PER_PRICE } from '../../core/money.js';
import type { Meter, PriceComponent, PriceConditions, PriceVersion } from '../../core/price.js';
import type { Usage } from '../../core/usage.js';
import { priceUsage, type Bill } from '../pricing/cost-lines.js';
import type { Violation } from './invariant.js';

/** A figure of a call as it is booked; amounts are decimal USD. */
export interface BookedFigure {
  readonly call_id: string;
  readonly revision: number;
  readonly units: Omit<Usage, 'reportedCost'> & { readonly reportedCost?: string };
  readonly amount: string;
  readonly provider_cost: string;
  readonly charged: boolean;
  readonly plan_multiplier: string;
  /** Milliseconds since the epoch. */
  readonly started_at: number;
  readonly has_lines: boolean;
}

/** A row of price_component. */
export interface ComponentRow {
  readonly meter: string;
  readonly unit: string;
  /** USD per million tokens, or for each. */
  readonly amount: string;
  readonly conditions: Readonly<Record<string, unknown>>;
}

/** Rows of a price version as pricing needs them. */
export function priceVersionOf(id: string, rows: readonly ComponentRow[]): PriceVersion {
  return { id, validFrom: 0, components: rows.map(componentOf) };
}

/**
 * What is wrong with the cost of a figure, computed again from its units and the price that the call began with;
 * undefined where nothing is. A call without usage owes nothing, not even a price for the request itself.
 */
export function costFault(figure: BookedFigure, price: PriceVersion): Violation | undefined {
  const subject = `${figure.call_id}/${figure.revision}`;
  try {
    const multiplier = figure.charged ? parseMultiplier(figure.plan_multiplier) : ONE;
    const cost = costOf(figure, price, multiplier);
    if (cost !== parseUsd(figure.amount))
      return { subject, detail: `costs ${figure.amount}, its units ${formatUsd(cost)}` };
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

function componentOf({ meter, unit, amount, conditions }: ComponentRow): PriceComponent {
  const price = parseUsd(amount);
  return {
    meter: meter as Meter,
    price: unit === 'each' ? price * UNITS_PER_PRICE : price,
    conditions: conditionsOf(conditions),
  };
}

/** The conditions of a price as the catalogue writes them. */
function conditionsOf(row: Readonly<Record<string, unknown>>): PriceConditions {
  const { input_tokens_above: above, service_tier: tier, search_context_size: size } = row;
  const { utc_windows: windows, weekdays } = row;
  return {
    ...(typeof above === 'number' && { inputTokensAbove: above }),
    ...(typeof tier === 'string' && { serviceTier: tier }),
    ...(typeof size === 'string' && { searchContextSize: size }),
    ...(Array.isArray(windows) && { utcWindows: windows.map((window) => minutesOf(`${window}`)) }),
    ...(Array.isArray(weekdays) && { weekdays: weekdays.map(Number) }),
  };
}

/** "22:00-24:00" in minutes of the day. */
function minutesOf(window: string): { fromMinute: number; toMinute: number } {
  const [from = '', to = ''] = window.split('-');
  return { fromMinute: minuteOf(from), toMinute: minuteOf(to) };
}

function minuteOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}
