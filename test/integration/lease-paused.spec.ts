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
import { close, needsOf, postCall, subjectOf, useOf } from '../support/lease-process.js';
import { LeaseStage } from '../support/lease-stage.js';
import { until } from '../support/tenant.js';

let stage: LeaseStage;

beforeAll(async () => {
  stage = await LeaseStage.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());
afterEach(() => stage.end());

const nothing = { total: '0', byProcess: {} };

describe('a process that was paused beyond its lease', () => {
  it('may call nobody on what it holds, until it was answered again', async () => {
    await stage.giveCredit('1');
    const process = await stage.startProcess();
    const hold = await process.authorize(stage.name, '0.1');
    expect(process.authorization.mayCall(hold)).toBe(true);
    const now = performance.now.bind(performance);
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now() + 54_500);
    expect(process.authorization.mayCall(hold)).toBe(false);
    // Nor is anybody admitted from the hand.
    const asked = process.authorization.authorize(subjectOf(stage.name), needsOf('0.001'));
    expect(asked).toBeInstanceOf(Promise);
    // What it used beyond its hold is not taken from what may be another's by now.
    expect(process.authorization.settle(hold, useOf('0.2'))[0]?.[3]).toBe('0.1');
    await asked;
    expect(process.authorization.mayCall(hold)).toBe(true);
    clock.mockRestore();
  });

  it('and was fenced admits nobody, says so, and ends itself', async () => {
    await stage.giveCredit('1');
    const process = await stage.startProcess();
    const hold = await process.authorize(stage.name, '0.1');
    await stage.rows.query(`SELECT end_process($1, 'dead', NULL, '[]', NULL)`, [process.id]);
    const unavailable = { status: 503, code: 'ledger_unavailable' };
    await expect(process.authorize(stage.name, '0.9')).rejects.toMatchObject(unavailable);
    await expect(process.authorize(stage.name, '0.001')).rejects.toMatchObject(unavailable);
    expect(process.authorization.mayCall(hold)).toBe(false);
    expect(process.book.sliceOf(`credit:org_${stage.name}`).inHand).toBe(0n);
    expect(process.ends).toBe(1);
    // The running call is closed all the same, and what it leaves is nobody's here.
    expect(close(process, hold, useOf('0.03'))).toHaveLength(1);
    await expect(process.authorize(stage.name, '0.001')).rejects.toMatchObject(unavailable);
    expect((await stage.leased()).total).toBe('0');
  });

  it('learns of it by its heartbeat', async () => {
    const process = await stage.startProcess();
    await process.heartbeat();
    await stage.rows.query(`UPDATE process SET state = 'fenced' WHERE id = $1`, [process.id]);
    await until(() => process.ends === 1, 'the end');
  });

  it('is fenced by a database that has forgotten statements it had answered', async () => {
    await stage.giveCredit('1');
    const process = await stage.startProcess();
    await process.authorize(stage.name, '0.1');
    await stage.rows.query('UPDATE process SET last_operation = last_operation - 1 WHERE id = $1', [
      process.id,
    ]);
    await expect(process.authorize(stage.name, '0.9')).rejects.toMatchObject({ status: 503 });
    expect(process.ends).toBe(1);
  });
});

describe('a call of several limits', () => {
  it('gets them together, so that two processes never keep half of what the other needs', async () => {
    await stage.giveCredit('100');
    await stage.makeQuota({ kind: 'budget', cap: '1' });
    await stage.makeQuota({ kind: 'budget', scope: 'project', cap: '1' });
    const both = [await stage.startProcess(), await stage.startProcess()];
    for (let round = 0; round < 5; round++) {
      const outcomes = await Promise.allSettled(
        both.map((process) => process.authorize(stage.name, '0.9')),
      );
      const granted = outcomes.flatMap((outcome, at) =>
        outcome.status === 'fulfilled' ? [{ hold: outcome.value, process: both[at] }] : [],
      );
      expect(granted).toHaveLength(1);
      for (const { hold, process } of granted) process?.authorization.release(hold);
    }
  });

  it('is posted to all of them', async () => {
    await stage.giveCredit('1');
    const budget = await stage.makeQuota({ kind: 'budget', cap: '1' });
    const process = await stage.startProcess();
    await postCall(
      stage.rows,
      process,
      stage.name,
      await process.authorize(stage.name, '0.5'),
      '0.2',
    );
    const spent = await stage.rows.query(
      `SELECT trim_scale(spent)::text AS spent FROM quota WHERE organization_id = $1`,
      [`org_${stage.name}`],
    );
    expect(spent).toEqual([{ spent: '0.2' }, { spent: '0.2' }]);
    await stage.stopProcesses();
    expect(await stage.leased()).toEqual(nothing);
    const [lease] = await stage.rows.query(
      'SELECT sum(granted) AS left FROM lease WHERE quota_id = $1',
      [budget],
    );
    expect(Number(lease?.['left'])).toBe(0);
  });
});
