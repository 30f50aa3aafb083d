import type { PriceVersion } from '../../core/price.js';

/** How many input tokens stand against one output token in a typical chat call. */
const INPUT_PER_OUTPUT = 3n;

/** What a typical call costs by this version, for comparison only; undefined where input or output has no price. */
export function typicalPrice(version: PriceVersion): bigint | undefined {
  const base = (meter: 'input' | 'output'): bigint | undefined =>
    version.components.find(
      (component) => component.meter === meter && Object.keys(component.conditions).length === 0,
    )?.price;
  const input = base('input');
  const output = base('output');
  return input === undefined || output === undefined
    ? undefined
    : input * INPUT_PER_OUTPUT + output;
}

/** The lower price first. */
export function comparePrices(left: bigint, right: bigint): number {
  return left < right ? -1 : Number(left > right);
}

/** Cheapest first; the id decides between equals, so that the order is always the same. */
export function byPrice<T extends { readonly price: bigint; readonly id: string }>(
  left: T,
  right: T,
): number {
  if (left.price !== right.price) return comparePrices(left.price, right.price);
  return left.id < right.id ? -1 : Number(left.id > right.id);
}
