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
import { Logger } from '@nestjs/common';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  close,
  LeaseProcess,
  makeQuota,
  needsOf,
  postCall,
  subjectOf,
  useOf,
} from '../support/lease-process.js';
import { connect, giveCredit, makeTenant, until, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let processes: LeaseProcess[] = [];
let tenant = 0;
let name: string;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connect(database.url);
});
afterAll(async () => {
  await rows.close();
  await database.drop();
});
beforeEach(async () => {
  for (const level of ['warn', 'log', 'fatal'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
  processes = [];
  name = String(++tenant);
  await makeTenant(rows, name);
  // Those of the test before would have a share of everything.
  await rows.query(`UPDATE process SET state = 'dead'`);
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const process of processes) await process.stop();
});

async function start(): Promise<LeaseProcess> {
  const process = await new LeaseProcess(database.appUrl).start();
  processes.push(process);
  return process;
}

/** What Postgres has on record of the wallet: leased in all, and by whom. */
async function leased(): Promise<{ total: string; byProcess: Record<string, string> }> {
  const [quota] = await rows.query(
    'SELECT trim_scale(leased)::text AS total FROM quota WHERE id = $1',
    [`credit:org_${name}`],
  );
  const leases = await rows.query(
    `SELECT process_id, trim_scale(granted)::text AS granted FROM lease
     WHERE quota_id = $1 AND granted <> 0`,
    [`credit:org_${name}`],
  );
  const entries = leases.map((row) => [row['process_id'], row['granted']] as const);
  return { total: String(quota?.['total']), byProcess: Object.fromEntries(entries) };
}

const nothing = { total: '0', byProcess: {} };

describe('a process that was paused beyond its lease', () => {
  it('may call nobody on what it holds, until it was answered again', async () => {
    await giveCredit(rows, name, '1');
    const process = await start();
    const hold = await process.authorize(name, '0.1');
    expect(process.authorization.mayCall(hold)).toBe(true);
    const now = performance.now.bind(performance);
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now() + 54_500);
    expect(process.authorization.mayCall(hold)).toBe(false);
    // Nor is anybody admitted from the hand.
    const asked = process.authorization.authorize(subjectOf(name), needsOf('0.001'));
    expect(asked).toBeInstanceOf(Promise);
    // What it used beyond its hold is not taken from what may be another's by now.
    expect(process.authorization.settle(hold, useOf('0.2'))[0]?.[3]).toBe('0.1');
    await asked;
    expect(process.authorization.mayCall(hold)).toBe(true);
    clock.mockRestore();
  });

  it('and was fenced admits nobody, says so, and ends itself', async () => {
    await giveCredit(rows, name, '1');
    const process = await start();
    const hold = await process.authorize(name, '0.1');
    await rows.query(`SELECT end_process($1, 'dead', NULL, '[]', NULL)`, [process.id]);
    const unavailable = { status: 503, code: 'ledger_unavailable' };
    await expect(process.authorize(name, '0.9')).rejects.toMatchObject(unavailable);
    await expect(process.authorize(name, '0.001')).rejects.toMatchObject(unavailable);
    expect(process.authorization.mayCall(hold)).toBe(false);
    expect(process.book.sliceOf(`credit:org_${name}`).inHand).toBe(0n);
    expect(process.ends).toBe(1);
    // The running call is closed all the same, and what it leaves is nobody's here.
    expect(close(process, hold, useOf('0.03'))).toHaveLength(1);
    await expect(process.authorize(name, '0.001')).rejects.toMatchObject(unavailable);
    expect((await leased()).total).toBe('0');
  });

  it('learns of it by its heartbeat', async () => {
    const process = await start();
    await process.heartbeat();
    await rows.query(`UPDATE process SET state = 'fenced' WHERE id = $1`, [process.id]);
    await until(() => process.ends === 1, 'the end');
  });

  it('is fenced by a database that has forgotten statements it had answered', async () => {
    await giveCredit(rows, name, '1');
    const process = await start();
    await process.authorize(name, '0.1');
    await rows.query('UPDATE process SET last_operation = last_operation - 1 WHERE id = $1', [
      process.id,
    ]);
    await expect(process.authorize(name, '0.9')).rejects.toMatchObject({ status: 503 });
    expect(process.ends).toBe(1);
  });
});

describe('a call of several limits', () => {
  it('gets them together, so that two processes never keep half of what the other needs', async () => {
    await giveCredit(rows, name, '100');
    await makeQuota(rows, name, { kind: 'budget', cap: '1' });
    await makeQuota(rows, name, { kind: 'budget', scope: 'project', cap: '1' });
    const both = [await start(), await start()];
    for (let round = 0; round < 5; round++) {
      const outcomes = await Promise.allSettled(
        both.map((process) => process.authorize(name, '0.9')),
      );
      const granted = outcomes.flatMap((outcome, at) =>
        outcome.status === 'fulfilled' ? [{ hold: outcome.value, process: both[at] }] : [],
      );
      expect(granted).toHaveLength(1);
      for (const { hold, process } of granted) process?.authorization.release(hold);
    }
  });

  it('is posted to all of them', async () => {
    await giveCredit(rows, name, '1');
    const budget = await makeQuota(rows, name, { kind: 'budget', cap: '1' });
    const process = await start();
    await postCall(rows, process, name, await process.authorize(name, '0.5'), '0.2');
    const spent = await rows.query(
      `SELECT trim_scale(spent)::text AS spent FROM quota WHERE organization_id = $1`,
      [`org_${name}`],
    );
    expect(spent).toEqual([{ spent: '0.2' }, { spent: '0.2' }]);
    await process.stop();
    processes = [];
    expect(await leased()).toEqual(nothing);
    const [lease] = await rows.query('SELECT sum(granted) AS left FROM lease WHERE quota_id = $1', [
      budget,
    ]);
    expect(Number(lease?.['left'])).toBe(0);
  });
});
