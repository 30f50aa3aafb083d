import type { TestProcess } from './quotas.js';
import type { Rows } from './tenant.js';

/** Rows of each table, in the order of their names, that `work` reads over this connection, whichever way. */
export async function readBy(
  rows: Rows,
  work: () => Promise<unknown>,
  tables: readonly string[],
): Promise<number[]> {
  const before = await readSoFar(rows, tables);
  await work();
  const after = await readSoFar(rows, tables);
  return after.map((count, at) => count - (before[at] ?? 0));
}

async function readSoFar(rows: Rows, tables: readonly string[]): Promise<number[]> {
  await rows.query('SELECT pg_stat_force_next_flush()');
  const read = await rows.query(
    `SELECT (seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS rows FROM pg_stat_user_tables
     WHERE relname = ANY ($1) ORDER BY relname`,
    [tables],
  );
  return read.map((row) => Number(row['rows']));
}

/** Limits of another organization, of which this process has a slice each. */
export async function addLimits(
  rows: Rows,
  { id }: Pick<TestProcess, 'id'>,
  count: number,
): Promise<void> {
  await rows.query(
    `WITH organizations AS (
       INSERT INTO organization (id, name) VALUES ('org_crowd', 'Crowd')
     ), made AS (
       INSERT INTO quota (id, organization_id, scope, scope_id, kind, cap)
       SELECT 'crowd_' || n, 'org_crowd', 'organization', 'crowd_' || n, 'concurrency', 10
       FROM generate_series(1, $2::int) AS n
     )
     INSERT INTO lease (process_id, quota_id, period, granted)
     SELECT $1, 'crowd_' || n, 0, 1 FROM generate_series(1, $2::int) AS n`,
    [id, count],
  );
}
