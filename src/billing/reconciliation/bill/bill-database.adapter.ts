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
      const { rows } = await pool.query<{ compared: Compared }>(
        'SELECT reconcile_bill($1, $2, $3, $4::jsonb, $5) AS compared',
        [id, providerId, origin, JSON.stringify(lines), isDry],
      );
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
        SELECT reconcile_bill(${id}, ${providerId}, ${origin}, ${text}::jsonb, ${isDry}) AS compared`;
      return rows[0]?.compared;
    },
  };
}
