import { METERS, type Meter } from './price.js';

/** A set of meters, one bit each: it costs no memory, and is a key. */
export type MeterSet = number;

const BITS = Object.fromEntries(METERS.map((meter, at) => [meter, 1 << at])) as Record<
  Meter,
  MeterSet
>;

/** The set of these meters. */
export function meterSet(...meters: readonly Meter[]): MeterSet {
  let set = 0;
  for (const meter of meters) set |= BITS[meter];
  return set;
}

/** Whether a meter is in a set. */
export function hasMeter(set: MeterSet, meter: Meter): boolean {
  return (set & BITS[meter]) !== 0;
}
