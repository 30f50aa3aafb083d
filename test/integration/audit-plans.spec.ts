import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { INVARIANTS } from '../../src/billing/audit/invariants.js';
import { AUDIT_SETTINGS, type AuditScope } from '../../src/billing/audit/ledger-audit.service.js';
import { AuditedBooks } from '../support/audited-books.js';
import { readBy } from '../support/rows-read.js';

const CALLS = 6_000;
const MOST_READS = 40;

interface Plan {
  readonly 'Node Type': string;
  readonly Plans?: readonly Plan[];
}

let books: AuditedBooks;

/** What Postgres knows of the tables is of when they were small. */
beforeAll(async () => {
  books = await AuditedBooks.openLive();
  await books.forger.query('ANALYZE');
  await books.postMany(CALLS);
  await books.age('1 hour');
}, 60_000);
afterAll(() => books.close());

/** Rows of ledger_transaction, posting and usage_event that an audit reads. */
async function readByAudit(scope: AuditScope): Promise<number[]> {
  // What posting has read is told at some later moment, unless one asks for it.
  await books.rows.query('SELECT pg_stat_force_next_flush()');
  const audit = async (): Promise<void> => {
    expect(await books.broken(scope)).toEqual([]);
    // The connection that it had is the one that is idle.
    await books.database.pool.query('SELECT pg_stat_force_next_flush()');
  };
  return readBy(books.forger, audit, ['ledger_transaction', 'posting', 'usage_event']);
}

/** Joins of all rows with all rows. */
function crossings(plan: Plan): number {
  const parts = plan.Plans ?? [];
  const inner = parts[1]?.['Node Type'] ?? '';
  const isCrossing =
    plan['Node Type'] === 'Nested Loop' && ['Materialize', 'CTE Scan'].includes(inner);
  return parts.reduce((sum, part) => sum + crossings(part), isCrossing ? 1 : 0);
}

describe('the queries of the audit', () => {
  it.each(INVARIANTS)('compare no two tables row by row: $id', async ({ sql }) => {
    const client = await books.database.pool.connect();
    await client.query('BEGIN');
    await client.query(AUDIT_SETTINGS, ['1min']);
    for (const since of ['-infinity', '2026-01-01T00:00:00Z']) {
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
        `EXPLAIN (FORMAT JSON) ${sql.replaceAll('$1', `'${since}'::timestamptz`)}`,
      );
      const plans = rows.map((row) => row['QUERY PLAN'][0].Plan);
      expect(plans).toHaveLength(1);
      expect(plans.map(crossings)).toEqual([0]);
    }
    await client.query('ROLLBACK');
    client.release();
  });

  it('read a call some times, however little Postgres knows of the tables', async () => {
    for (const rows of await readByAudit('full')) {
      expect(rows).toBeGreaterThan(CALLS);
      expect(rows).toBeLessThan(MOST_READS * CALLS);
    }
  });

  it('read the lines of what is new, and no others, where all was looked at before', async () => {
    await books.post('new', { tokens: 1 });
    const [, posting] = await readByAudit('incremental');
    expect(posting).toBeGreaterThan(0);
    expect(posting).toBeLessThan(2 * MOST_READS);
  });
});
