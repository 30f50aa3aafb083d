import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import pg from 'pg';
import { startDatabaseProxy } from '../support/database-proxy.js';
import { close, type LeaseProcess, useOf } from '../support/lease-process.js';
import { LeaseStage } from '../support/lease-stage.js';
import { until } from '../support/tenant.js';

let stage: LeaseStage;

beforeAll(async () => {
  stage = await LeaseStage.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());
afterEach(() => stage.end());

type AnswerTo = (statement: pg.QueryConfig) => Promise<unknown>;

/** By which a process asks Postgres once. */
const askingOf = (process: LeaseProcess): { answerTo: AnswerTo } =>
  process.client as unknown as { answerTo: AnswerTo };

describe('a lease statement', () => {
  it('whose answer is lost is sent again, and grants nothing twice', async () => {
    await stage.giveCredit('1');
    const process = await stage.startProcess();
    await process.authorize(stage.name, '0.1');
    const asking = askingOf(process);
    const ask = asking.answerTo.bind(asking);
    const sent: unknown[] = [];
    jest.spyOn(asking, 'answerTo').mockImplementation(async (statement) => {
      const answer = await ask(statement);
      sent.push(statement.values?.[1]);
      if (sent.length < 3) throw new Error('the connection broke');
      return answer;
    });
    const before = await stage.leased();
    const hold = await process.authorize(stage.name, '0.5');
    expect(new Set(sent.slice(0, 3)).size).toBe(1);
    close(process, hold, useOf('0'));
    await stage.stopProcesses();
    expect(before.total).not.toBe('0');
    // All but the first call's hold came back, which is still open.
    expect(await stage.leased()).toEqual({ total: '0.1', byProcess: { [process.id]: '0.1' } });
  });

  it('that a hanging connection swallowed is sent again on another one', async () => {
    await stage.giveCredit('1');
    const proxy = await startDatabaseProxy(stage.database.appUrl);
    const process = await stage.startProcess(proxy.url);
    const hold = await process.authorize(stage.name, '0.1');
    proxy.strand();
    const refused = process.authorize(stage.name, '0.5');
    await expect(refused).rejects.toMatchObject({ code: 'ledger_unavailable' });
    const admitted = (): Promise<boolean> =>
      process.authorize(stage.name, '0.5').then(Boolean, () => false);
    await until(admitted, 'the answer on another connection');
    close(process, hold, useOf('0'));
    proxy.mend();
    await stage.stopProcesses();
    await proxy.close();
  });

  it('is a heartbeat also where there is nothing to ask', async () => {
    const process = await stage.startProcess();
    const deadline = async (): Promise<number> => {
      const [row] = await stage.rows.query('SELECT deadline FROM process WHERE id = $1', [
        process.id,
      ]);
      return (row?.['deadline'] as Date | undefined)?.getTime() ?? 0;
    };
    const first = await until(deadline, 'the registration');
    const [row] = await stage.rows.query('SELECT machine, state FROM process WHERE id = $1', [
      process.id,
    ]);
    expect(row).toEqual({ machine: 'm1/b1', state: 'alive' });
    await until(async () => (await deadline()) > first + 1_500, 'the heartbeat');
  });

  it('that comes too late for its call leaves what it brought in hand', async () => {
    await stage.giveCredit('1');
    const process = await stage.startProcess();
    await process.authorize(stage.name, '0.001');
    const other = new pg.Client({ connectionString: stage.database.url });
    await other.connect();
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM quota WHERE id = $1 FOR UPDATE', [`credit:org_${stage.name}`]);
    await expect(process.authorize(stage.name, '0.5')).rejects.toMatchObject({ status: 503 });
    await other.query('COMMIT');
    await other.end();
    await until(
      () => process.authorize(stage.name, '0.5').then(Boolean, () => false),
      'the admission',
    );
    await expect(process.authorize(stage.name, '0.5')).rejects.toMatchObject({ status: 402 });
  });
});

describe('a burst of calls', () => {
  it('is admitted in parts where Postgres is slow: nobody is turned away while it answers', async () => {
    await stage.giveCredit('1000');
    const process = await stage.startProcess();
    await process.heartbeat();
    const operate = process.client.operate.bind(process.client);
    jest.spyOn(process.client, 'operate').mockImplementation(async (...asked) => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return operate(...asked);
    });
    const calls = Array.from({ length: 1_000 }, () => process.authorize(stage.name, '1'));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(await stage.leased()).toMatchObject({ total: '1000' });
  }, 20_000);
});

describe('what is in hand', () => {
  it('goes back when no call used it for two seconds', async () => {
    await stage.giveCredit('1');
    const process = await stage.startProcess();
    close(process, await process.authorize(stage.name, '0.1'), useOf('0'));
    expect((await stage.leased()).total).not.toBe('0');
    await until(async () => (await stage.leased()).total === '0', 'the return');
  });

  it('goes back when the process ends', async () => {
    await stage.giveCredit('1');
    const process = await stage.startProcess();
    close(process, await process.authorize(stage.name, '0.1'), useOf('0.03'));
    await stage.stopProcesses();
    // What was spent is taken by the poster.
    expect(await stage.leased()).toEqual({ total: '0.03', byProcess: { [process.id]: '0.03' } });
  });

  it('goes to a process that runs short of it, all of it, and within a moment', async () => {
    await stage.giveCredit('1');
    const [rich, poor] = [await stage.startProcess(), await stage.startProcess()];
    close(rich, await rich.authorize(stage.name, '0.2'), useOf('0'));
    const hold = await poor.authorize(stage.name, '1');
    expect(hold.entries()[0]?.[2]).toBe('1');
    expect(await stage.leased()).toEqual({ total: '1', byProcess: { [poor.id]: '1' } });
  });

  it('is not torn between processes that need all of it at once', async () => {
    await stage.giveCredit('1');
    const both = [await stage.startProcess(), await stage.startProcess()];
    for (const process of both)
      close(process, await process.authorize(stage.name, '0.2'), useOf('0'));
    const outcomes = await Promise.allSettled(
      both.map((process) => process.authorize(stage.name, '1')),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('goes back where others may have asked for it unheard', async () => {
    await stage.giveCredit('1');
    const process = await stage.startProcess();
    close(process, await process.authorize(stage.name, '0.1'), useOf('0'));
    const recall = jest.spyOn(process.book, 'recallAll');
    await stage.rows.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`,
    );
    await until(() => recall.mock.calls.length > 0, 'the connection');
    await until(async () => (await stage.leased()).total === '0', 'the return');
  });

  it('is enough for many calls, which make no statement', async () => {
    await stage.giveCredit('100');
    const process = await stage.startProcess();
    const operate = jest.spyOn(process.client, 'operate');
    for (let call = 0; call < 500; call++)
      close(process, await process.authorize(stage.name, '0.01'), useOf('0.004'));
    const asked = operate.mock.calls.filter(([, { needs }]) => needs.length > 0);
    expect(asked.length).toBeLessThan(10);
  });
});
