import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { PostedQuotas } from '../support/posted-quotas.js';

let stage: PostedQuotas;
beforeAll(async () => {
  stage = await PostedQuotas.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());

const BATCH = 40;

async function postBatch(batch: number): Promise<void> {
  const calls = Array.from({ length: BATCH }, (_, at) => stage.close(`${batch}_${at}`, '0.0001'));
  await stage.post(calls);
}

/** What Postgres does by itself now and then: the plans that follow are made for tables of this size. */
async function analyze(): Promise<void> {
  const owner = new pg.Client({ connectionString: stage.database.url });
  await owner.connect();
  await owner.query('ANALYZE ledger_transaction, posting, usage_event');
  await owner.end();
}

/** Rows of each table that this connection has read so far, whichever way. */
async function rowsRead(tables: readonly string[]): Promise<number[]> {
  await stage.rows.query('SELECT pg_stat_force_next_flush()');
  const read = await stage.rows.query(
    `SELECT (seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS rows FROM pg_stat_user_tables
     WHERE relname = ANY ($1) ORDER BY relname`,
    [tables],
  );
  return read.map((row) => Number(row['rows']));
}

async function readBy(post: () => Promise<unknown>, tables: readonly string[]): Promise<number[]> {
  const before = await rowsRead(tables);
  await post();
  const after = await rowsRead(tables);
  return after.map((rows, at) => rows - (before[at] ?? 0));
}

const readByBatch = (batch: number): Promise<number[]> =>
  readBy(() => postBatch(batch), ['ledger_transaction', 'posting', 'usage_event']);

/** Limits of another organization, of which the same process has a slice each. */
async function addLimits(count: number): Promise<void> {
  await stage.rows.query(
    `WITH organizations AS (
       INSERT INTO organization (id, name) VALUES ('org_crowd', 'Crowd')
     ), made AS (
       INSERT INTO quota (id, organization_id, scope, scope_id, kind, cap)
       SELECT 'crowd_' || n, 'org_crowd', 'organization', 'crowd_' || n, 'concurrency', 10
       FROM generate_series(1, $2::int) AS n
     )
     INSERT INTO lease (process_id, quota_id, period, granted)
     SELECT $1, 'crowd_' || n, 0, 1 FROM generate_series(1, $2::int) AS n`,
    [stage.process.id, count],
  );
}

describe('the plans that posting makes while the tables are small', () => {
  it('read no more rows for a batch when they have grown', async () => {
    await postBatch(0);
    await analyze();
    await postBatch(1);
    const first = await readByBatch(2);
    for (let batch = 3; batch < 12; batch++) await postBatch(batch);
    expect(await readByBatch(12)).toEqual(first);
    // A lookup or two a row that it writes.
    expect(Math.max(...first)).toBeLessThan(12 * BATCH);
  });

  it('read no limits of other organizations, however many came since', async () => {
    const others = 3_000;
    const post = (name: string): Promise<unknown> =>
      stage.post([stage.close(name, '0.0001', stage.both('0.0002', '0.0001', '0.0001'))]);
    // So often that Postgres would keep the plan which it has.
    for (let call = 0; call < 12; call++) await post(`alone_${call}`);
    await addLimits(others);
    const [lease, quota] = await readBy(() => post('beside_others'), ['lease', 'quota']);
    expect(lease).toBeLessThan(others / 10);
    expect(quota).toBeLessThan(others / 10);
  });
});
