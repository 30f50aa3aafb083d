import type { PicoUsd } from './money.js';

/** What is counted. A meter that an offer does not price apart falls back to a wider one, see billing/pricing. */
export const METERS = [
  'input',
  'output',
  'cache_read',
  'cache_write',
  'cache_write_5m',
  'cache_write_1h',
  'reasoning',
  'input_audio',
  'output_audio',
  'cache_read_audio',
  'input_image',
  'output_image',
  'request',
  'web_search',
] as const;
export type Meter = (typeof METERS)[number];

/** When a component holds; all that are present must. */
export interface PriceConditions {
  /** Holds when the call's input tokens, cached included, are above this number (strictly). */
  readonly inputTokensAbove?: number;
  /** Holds when this tier served the call; absent means the default tier. */
  readonly serviceTier?: string;
  /** Holds at these times of the UTC day, minutes from midnight, on these weekdays (0 = Sunday). */
  readonly utcWindows?: readonly { readonly fromMinute: number; readonly toMinute: number }[];
  readonly weekdays?: readonly number[];
  readonly searchContextSize?: string;
}

export interface PriceComponent {
  readonly meter: Meter;
  /** pico-USD per million units (tokens, requests or searches). */
  readonly price: PicoUsd;
  readonly conditions: PriceConditions;
}

/** The prices of an offer from a moment on; never changed once published. */
export interface PriceVersion {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
  readonly components: readonly PriceComponent[];
}

/** Whether nothing at all is asked for it. */
export function isFree({ components }: PriceVersion): boolean {
  return components.length > 0 && components.every(({ price }) => price === 0n);
}

/** A line of a bill: so many units of a meter, and what they cost. */
export interface CostLine {
  readonly meter: Meter;
  readonly quantity: number;
  readonly amount: PicoUsd;
}
