import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { PostedQuotas } from '../support/posted-quotas.js';
import { addLimits, readBy } from '../support/rows-read.js';

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

const readByBatch = (batch: number): Promise<number[]> =>
  readBy(stage.rows, () => postBatch(batch), ['ledger_transaction', 'posting', 'usage_event']);

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
    await addLimits(stage.rows, stage.process, others);
    const [lease, quota] = await readBy(stage.rows, () => post('beside_others'), [
      'lease',
      'quota',
    ]);
    expect(lease).toBeLessThan(others / 10);
    expect(quota).toBeLessThan(others / 10);
  });
});
