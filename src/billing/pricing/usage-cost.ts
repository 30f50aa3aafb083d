import type { PicoUsd } from '../../core/money.js';
import { METERS, type CostLine, type Meter } from '../../core/price.js';
import { sumOf } from './cost-lines.js';

/** The fields of an answer's usage that tell a cost, in the order in which they are written. */
export const COST_FIELDS = [
  'cost_usd_input',
  'cost_usd_cached_input',
  'cost_usd_output',
  'cost_usd_request',
  'cost_usd_cache_write',
  'cost_usd_audio',
  'cost_usd_image',
  'cost_usd_web_search',
] as const;
export type CostField = (typeof COST_FIELDS)[number];

const FIELD_OF: Readonly<Record<Meter, CostField>> = {
  input: 'cost_usd_input',
  output: 'cost_usd_output',
  cache_read: 'cost_usd_cached_input',
  cache_write: 'cost_usd_cache_write',
  cache_write_5m: 'cost_usd_cache_write',
  cache_write_1h: 'cost_usd_cache_write',
  reasoning: 'cost_usd_output',
  input_audio: 'cost_usd_audio',
  output_audio: 'cost_usd_audio',
  cache_read_audio: 'cost_usd_audio',
  input_image: 'cost_usd_image',
  output_image: 'cost_usd_image',
  request: 'cost_usd_request',
  web_search: 'cost_usd_web_search',
};

const PLACE_OF = Object.fromEntries(
  METERS.map((meter) => [meter, COST_FIELDS.indexOf(FIELD_OF[meter])]),
) as Readonly<Record<Meter, number>>;

export type UsageCost = readonly (readonly [
  field: CostField | 'cost_usd_total',
  amount: PicoUsd,
])[];

/**
 * Cost lines as the cost fields of an answer, `cost_usd_total` first and exactly the sum of the others. Input, cached
 * input, output and request are always there; the others where a line of their own exists.
 */
export function usageCost(lines: readonly CostLine[]): UsageCost {
  const amounts: (PicoUsd | undefined)[] = [0n, 0n, 0n, 0n];
  for (const { meter, amount } of lines) {
    const place = PLACE_OF[meter];
    amounts[place] = (amounts[place] ?? 0n) + amount;
  }
  const fields: [CostField | 'cost_usd_total', PicoUsd][] = [['cost_usd_total', sumOf(lines)]];
  for (const [place, field] of COST_FIELDS.entries()) {
    const amount = amounts[place];
    if (amount !== undefined) fields.push([field, amount]);
  }
  return fields;
}
