import { costOf, type Multiplier, type PicoUsd } from '../../core/money.js';
import { METERS, type CostLine, type Meter, type PriceVersion } from '../../core/price.js';
import type { Usage } from '../../core/usage.js';
import { decompose } from './decompose.js';
import { selectComponents } from './select.js';

/** What a price depends on besides the usage. */
export interface PricingContext {
  /** When the call started, milliseconds since the epoch. */
  readonly at: number;
  /** What the payer pays = list price × this. */
  readonly multiplier: Multiplier;
}

export interface Bill {
  /** In the order of METERS; no line has the quantity zero. */
  readonly lines: readonly CostLine[];
  /** Exactly the sum of the lines. */
  readonly total: PicoUsd;
}

export type PricedUsage =
  | ({ readonly kind: 'priced' } & Bill)
  /** Something was used that has no price: `atLeast` is the bill of the rest, never to be taken for the whole. */
  | {
      readonly kind: 'unpriced';
      readonly meters: readonly Meter[];
      readonly atLeast: Bill;
    };

/**
 * Prices a call: the same usage, version and context give the same lines at any later time.
 * Rounded half up to a pico-dollar, once a line.
 * @throws RangeError if the usage contradicts itself (see decompose).
 */
export function priceUsage(
  usage: Usage,
  version: PriceVersion,
  context: PricingContext,
): PricedUsage {
  const components = selectComponents(version, {
    inputTokens: usage.promptTokens,
    serviceTier: usage.serviceTier,
    at: context.at,
    searchContextSize: usage.searchContextSize,
  });
  const { units, unpriced } = decompose(usage, (meter) => components.has(meter));
  const lines: CostLine[] = [];
  for (const meter of METERS) {
    const quantity = units.get(meter);
    const component = components.get(meter);
    if (quantity === undefined || !component) continue;
    lines.push({
      meter,
      quantity,
      amount: costOf(quantity, component.price, context.multiplier),
    });
  }
  const total = sumOf(lines);
  return unpriced.length === 0
    ? { kind: 'priced', lines, total }
    : { kind: 'unpriced', meters: unpriced, atLeast: { lines, total } };
}

/** The exact sum of the lines' amounts, pico-USD. */
export function sumOf(lines: readonly CostLine[]): PicoUsd {
  return lines.reduce((sum, line) => sum + line.amount, 0n);
}
