import type pg from 'pg';
import type { Prisma } from '../../../generated/prisma/client.js';
import type { OfferedModel } from './bill-models.js';
import type { BillComparison } from './bill-comparison.js';

/** A line of a bill as `reconcile_bill` takes it; the amount is decimal USD. */
export interface ComparedLine {
  readonly day: string;
  readonly model: string;
  readonly amount: string;
}

export interface ComparedBill {
  readonly id: string;
  readonly providerId: string;
  readonly origin: string;
  readonly lines: readonly ComparedLine[];
  readonly isDry: boolean;
}

export type Compared = Omit<BillComparison, 'id'>;

/** What the comparison asks of the database, within whatever transaction its caller has. */
export interface BillDatabase {
  /** The variants of a model come first, so that the model itself wins. */
  offersOf(providerId: string): Promise<readonly OfferedModel[]>;
  compare(bill: ComparedBill): Promise<Compared | undefined>;
}

/**
 * $1 provider, $2 lines, $3 run, $4 origin, $5 whether it is only a trial. What an earlier bill had for one of the named
 * days, and this one leaves out, it bills at nothing: it is complete for its days. Lines of one day and model are added up.
 */
const COMPARE = `
  SELECT reconcile_bill($3, $1, $4, $2::jsonb || (
    SELECT coalesce(jsonb_agg(jsonb_build_object('day', day, 'model', model_id, 'amount', '0')), '[]')
    FROM bill_line WHERE provider_id = $1 AND amount <> 0
      AND day IN (SELECT (line->>'day')::date FROM jsonb_array_elements($2::jsonb) AS line)), $5) AS compared`;

/** Each question is a transaction of its own. */
export function billDatabaseOfPool(pool: pg.Pool): BillDatabase {
  return {
    async offersOf(providerId) {
      const { rows } = await pool.query<OfferedModel>(
        'SELECT model_id, upstream_model FROM offer WHERE provider_id = $1 ORDER BY id DESC',
        [providerId],
      );
      return rows;
    },
    async compare({ id, providerId, origin, lines, isDry }) {
      const { rows } = await pool.query<{ compared: Compared }>(COMPARE, [
        providerId,
        JSON.stringify(lines),
        id,
        origin,
        isDry,
      ]);
      return rows[0]?.compared;
    },
  };
}

/** Within a transaction that sees all organizations. */
export function billDatabaseOfTransaction(transaction: Prisma.TransactionClient): BillDatabase {
  return {
    offersOf: (providerId) => transaction.$queryRaw<OfferedModel[]>`
      SELECT model_id, upstream_model FROM offer WHERE provider_id = ${providerId} ORDER BY id DESC`,
    async compare({ id, providerId, origin, lines, isDry }) {
      const text = JSON.stringify(lines);
      const rows = await transaction.$queryRaw<{ compared: Compared }[]>`
        SELECT reconcile_bill(${id}, ${providerId}, ${origin}, ${text}::jsonb || (
          SELECT coalesce(jsonb_agg(jsonb_build_object('day', day, 'model', model_id, 'amount', '0')), '[]')
          FROM bill_line WHERE provider_id = ${providerId} AND amount <> 0
            AND day IN (SELECT (line->>'day')::date FROM jsonb_array_elements(${text}::jsonb) AS line)), ${isDry})
          AS compared`;
      return rows[0]?.compared;
    },
  };
}
