import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import type { PriceVersion } from '../../core/price.js';
import { bookedPrice } from '../pricing/booked-price.adapter.js';
import type { Violation } from './invariant.js';
import { costFault, type BookedFigure } from './recompute.js';

/** Figures at a time, so that the poster beside it goes on. */
const BATCH = 500;
const AT_MOST = 1_000;

/** Figures whose amounts come from a person or a provider are theirs, not those of our prices. */
const FIGURES = `
  DECLARE figures NO SCROLL CURSOR FOR
  SELECT call_id, revision, units, trim_scale(amount)::text AS amount, trim_scale(provider_cost)::text AS provider_cost,
    charged, attempt_costs, trim_scale(plan_multiplier)::text AS plan_multiplier, price_version_id,
    (extract(epoch FROM occurred_at) * 1000)::float8 AS started_at, cost_lines <> '[]' AS has_lines
  FROM usage_event
  WHERE recorded_at >= $1 AND price_version_id IS NOT NULL AND rank IN ('progress', 'estimate', 'final')`;

/** The second part of I7: computes what calls cost once more, from their units and the price they began with. */
@Injectable()
export class RecomputeService {
  /** The figures that cost something else. Within a transaction of the caller's; a price that is gone is passed over. */
  async run(client: pg.ClientBase, since: string): Promise<Violation[]> {
    const prices = new Map<string, PriceVersion | undefined>();
    const violations: Violation[] = [];
    await client.query(FIGURES, [since]);
    for (;;) {
      const { rows } = await client.query<BookedFigure & { price_version_id: string }>(
        'FETCH 500 FROM figures',
      );
      for (const row of rows) {
        const price = await priceOf(client, prices, row.price_version_id);
        const { searchPriceVersion: ofSearch } = row.units;
        const searchPrice = ofSearch ? await priceOf(client, prices, ofSearch) : undefined;
        const fault = price && costFault(row, price, searchPrice);
        if (fault) violations.push(fault);
      }
      if (rows.length < BATCH || violations.length >= AT_MOST) break;
    }
    await client.query('CLOSE figures');
    return violations;
  }
}

async function priceOf(
  client: pg.ClientBase,
  known: Map<string, PriceVersion | undefined>,
  id: string,
): Promise<PriceVersion | undefined> {
  if (!known.has(id)) known.set(id, await bookedPrice(client, id));
  return known.get(id);
}
