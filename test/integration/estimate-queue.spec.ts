import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger, type INestApplicationContext } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { EstimateQueue } from '../../src/billing/reconciliation/estimate-queue.service.js';
import { EstimateSweepService } from '../../src/billing/reconciliation/estimate-sweep.service.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { chargeOf, closeOf } from '../support/journal.js';
import { startReconcilingWorker } from '../support/reconciliation.js';
import { connect, until, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let app: INestApplicationContext;
let queue: Queue;

beforeAll(async () => {
  for (const level of ['warn', 'log'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
  database = await createTestDatabase();
  rows = connect(database.url);
  ({ app, queue } = await startReconcilingWorker(database.appUrl));
});
afterAll(async () => {
  await app.close();
  await rows.close();
  await database.drop();
  jest.restoreAllMocks();
});

/** Books a call of this rank, as if it had been `minutes` ago. */
async function book(call: string, rank: 'estimate' | 'final', minutes = 0): Promise<void> {
  const close = closeOf(call, '1', { charge: chargeOf('1', { rank }) });
  await rows.query(`SELECT post_calls('p', $1::jsonb)`, [JSON.stringify([close])]);
  await rows.query(
    `UPDATE usage_event SET recorded_at = clock_timestamp() - make_interval(mins => $2) WHERE call_id = $1`,
    [call, minutes],
  );
}

/** What became of the estimate of a call. */
async function reconciliationOf(call: string): Promise<unknown> {
  const [row] = await rows.query('SELECT reconciliation FROM usage_event WHERE call_id = $1', [
    call,
  ]);
  return row?.['reconciliation'];
}

const isDone = (call: string) => async () => (await reconciliationOf(call)) !== null;

describe('the queue of estimates', () => {
  it('is looked through by the worker, on Postgres alone', async () => {
    await book('e1', 'estimate');
    await app.get(EstimateQueue).add(['e1']);
    await until(isDone('e1'), 'the job');
    expect(await reconciliationOf('e1')).toBe('no_provider_report');
  });

  it('has one job a call, however often it is asked for', async () => {
    await queue.pause();
    for (let times = 0; times < 3; times++) await app.get(EstimateQueue).add(['twice', 'twice']);
    const jobs = await queue.getJobs(['waiting', 'delayed', 'prioritized']);
    expect(jobs.map((job) => [job.id, job.data])).toEqual([['twice', { callId: 'twice' }]]);
    await queue.resume();
    await until(async () => (await queue.getJobCountByTypes('waiting', 'active')) === 0, 'the job');
  });

  it('touches no figure but an estimate that nobody looked at', async () => {
    await book('f1', 'final');
    await app.get(EstimateQueue).add(['f1', 'missing']);
    await book('e2', 'estimate');
    await app.get(EstimateQueue).add(['e2']);
    await until(isDone('e2'), 'the later job');
    expect(await reconciliationOf('f1')).toBeNull();
  });

  it('that was lost is found again by the sweep, after a minute', async () => {
    await book('lost', 'estimate', 2);
    await book('fresh', 'estimate', 0);
    await book('paid', 'final', 2);
    expect(await app.get(EstimateSweepService).sweep()).toBe(1);
    await until(isDone('lost'), 'the job');
    expect(await app.get(EstimateSweepService).sweep()).toBe(0);
    expect([await reconciliationOf('fresh'), await reconciliationOf('paid')]).toEqual([null, null]);
  });

  it('is offered newer estimates too, behind however many old ones', async () => {
    await queue.pause();
    await rows.query('UPDATE usage_event SET reconciled_at = now() WHERE reconciled_at IS NULL');
    const many = Array.from({ length: 2_000 }, (_, at) => `stuck_${String(at).padStart(4, '0')}`);
    const closes = many.map((call) =>
      closeOf(call, '1', { charge: chargeOf('1', { rank: 'estimate' }) }),
    );
    await rows.query(`SELECT post_calls('p', $1::jsonb)`, [JSON.stringify(closes)]);
    // All at one time, as what is posted in one batch nearly is.
    await rows.query(
      `UPDATE usage_event SET recorded_at = now() - interval '1 hour' WHERE call_id LIKE 'stuck%'`,
    );
    await book('newer', 'estimate', 2);
    const offered: (readonly string[])[] = [];
    let isAway = false;
    const offer = (calls: readonly string[]) => Promise.resolve(!isAway && offered.push(calls) > 0);
    const taker = { add: offer } as unknown as EstimateQueue;
    const sweep = new EstimateSweepService(app.get(DatabaseService), taker);
    expect(await sweep.sweep()).toBe(2_001);
    expect(offered.map(({ length }) => length)).toEqual([1_000, 1_000, 1]);
    expect(offered.flat()).toEqual([...many, 'newer']);
    isAway = true;
    expect(await sweep.sweep()).toBe(0);
    await rows.query('UPDATE usage_event SET reconciled_at = now() WHERE reconciled_at IS NULL');
    await queue.resume();
  });

  it('that is away fails nobody', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const add = jest.spyOn(queue, 'addBulk').mockRejectedValueOnce(new Error('gone'));
    expect(await app.get(EstimateQueue).add(['x'])).toBe(false);
    expect(warn).toHaveBeenCalledWith(
      expect.stringContaining('1 estimates wait for the next sweep'),
    );
    add.mockRestore();
  });

  it('is not asked for nothing', async () => {
    const add = jest.spyOn(queue, 'addBulk');
    await app.get(EstimateQueue).add([]);
    expect(add).not.toHaveBeenCalled();
    add.mockRestore();
  });
});
