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
async function rowsRead(): Promise<number[]> {
  await stage.rows.query('SELECT pg_stat_force_next_flush()');
  const read = await stage.rows.query(
    `SELECT (seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS rows FROM pg_stat_user_tables
     WHERE relname IN ('ledger_transaction', 'posting', 'usage_event') ORDER BY relname`,
  );
  return read.map((row) => Number(row['rows']));
}

async function readByBatch(batch: number): Promise<number[]> {
  const before = await rowsRead();
  await postBatch(batch);
  const after = await rowsRead();
  return after.map((rows, at) => rows - (before[at] ?? 0));
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
});
