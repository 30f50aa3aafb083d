import type pg from 'pg';
import type { PriceVersion } from '../../core/price.js';
import { priceVersionOf, type ComponentRow } from './price-rows.js';

/** A price version as calls were priced by it; undefined where it is gone. */
export async function bookedPrice(
  database: Pick<pg.ClientBase, 'query'>,
  id: string,
): Promise<PriceVersion | undefined> {
  const { rows } = await database.query<ComponentRow>(
    `SELECT meter, unit, trim_scale(amount)::text AS amount, conditions FROM price_component
     WHERE price_version_id = $1 ORDER BY position`,
    [id],
  );
  return rows.length === 0 ? undefined : priceVersionOf(id, rows);
}
