import { formatUsd, UNITS_PER_PRICE, type PicoUsd } from '../money.js';
import type { Meter, PriceVersion } from '../price.js';
import { tierMayServe } from '../service-tier.js';
import type { PriceCeiling } from './rule.js';

interface Bound {
  readonly field: keyof PriceCeiling;
  readonly meters: readonly Meter[];
  readonly unit: string;
  /** How many units the ceiling's own price is for, relative to that of a price component. */
  readonly perPrice: bigint;
  /** Whether a call without this price costs nothing for it; else its price is unknown. */
  readonly mayBeAbsent: boolean;
}

const BOUNDS: readonly Bound[] = [
  {
    field: 'input',
    meters: ['input'],
    unit: 'USD per 1M input tokens',
    perPrice: 1n,
    mayBeAbsent: false,
  },
  {
    field: 'output',
    meters: ['output', 'reasoning'],
    unit: 'USD per 1M output tokens',
    perPrice: 1n,
    mayBeAbsent: false,
  },
  {
    field: 'request',
    meters: ['request'],
    unit: 'USD per request',
    perPrice: UNITS_PER_PRICE,
    mayBeAbsent: true,
  },
];

/**
 * Why a list price is above a ceiling, or undefined where it is not. It is compared at its highest: the longest input,
 * the dearest hour, the dearest service tier that a call asking for `serviceTier` may get. An unknown price is above
 * every ceiling.
 */
export function excessOf(
  ceiling: PriceCeiling,
  price: PriceVersion | undefined,
  serviceTier: string | undefined,
): string | undefined {
  for (const bound of BOUNDS) {
    const limit = ceiling[bound.field];
    if (limit === undefined) continue;
    const dearest = price && dearestOf(price, bound.meters, serviceTier);
    if (dearest === undefined) {
      if (price && bound.mayBeAbsent) continue;
      return 'its price is not known';
    }
    if (dearest > limit * bound.perPrice) {
      const most = `${formatUsd(dearest / bound.perPrice)} ${bound.unit}`;
      return `it can cost ${most}, above the ceiling of ${formatUsd(limit)}`;
    }
  }
  return undefined;
}

function dearestOf(
  price: PriceVersion,
  meters: readonly Meter[],
  serviceTier: string | undefined,
): PicoUsd | undefined {
  let dearest: PicoUsd | undefined;
  for (const component of price.components) {
    if (!meters.includes(component.meter)) continue;
    if (!tierMayServe(component.conditions.serviceTier, serviceTier)) continue;
    if (dearest === undefined || component.price > dearest) dearest = component.price;
  }
  return dearest;
}
