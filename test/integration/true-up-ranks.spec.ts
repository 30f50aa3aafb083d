import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { UseEntry } from '../../src/billing/quota/quota.js';
import { TrueUpService } from '../../src/billing/reconciliation/true-up.service.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  atOnce,
  beginNextDay,
  leaseYesterday,
  movedBy,
  reportOf,
  revisionsOf,
} from '../support/figures.js';
import { chargeOf, closeOf, identityOf } from '../support/journal.js';
import {
  connectAsGateway,
  faultsOf,
  makeQuota,
  makeWallet,
  quotaOf,
  TestProcess,
} from '../support/quotas.js';
import { makeTenant, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let service: DatabaseService;
let figures: TrueUpService;
let tenant = 0;
let organization: string;
let wallet: string;
let budget: string;
let call: string;
let process: TestProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connectAsGateway(database.appUrl);
  service = new DatabaseService(
    Object.assign(new Environment(), { DATABASE_URL: database.appUrl }),
  );
  figures = new TrueUpService(service);
});
afterAll(async () => {
  await service.onApplicationShutdown();
  await rows.close();
  await database.drop();
});

/** Each test begins with an estimate of 0.25 USD, of a hold of 1 that stays set aside. */
beforeEach(async () => {
  await rows.query(`UPDATE process SET state = 'dead'`);
  tenant++;
  organization = `org_${tenant}`;
  budget = `budget_${tenant}`;
  call = `call_${tenant}`;
  await makeTenant(rows, String(tenant));
  wallet = await makeWallet(rows, organization, '10');
  await makeQuota(rows, budget, { organization, cap: '10' });
  process = await TestProcess.register(rows, `process_${tenant}`);
  await process.lease([
    [wallet, '1'],
    [budget, '1'],
  ]);
  await post(call, '0.25');
});

async function post(
  id: string,
  amount: string,
  more = {},
  quotas = [wallet, budget].map((quota): UseEntry => [quota, 0, '1', amount, amount, '0.75']),
): Promise<void> {
  const close = closeOf(id, amount, {
    identity: identityOf({ organization, tags: { team: 'a' } }),
    charge: chargeOf(amount, { rank: 'estimate', ...more }),
    quotas,
  });
  await rows.query('SELECT post_calls($1, $2::jsonb)', [process.id, JSON.stringify([close])]);
}

const revisions = () => revisionsOf(rows, call);
const moved = () => movedBy(rows, call);
const leasedYesterday = () => leaseYesterday(rows, process, organization);
const nextDay = (id: string) => beginNextDay(rows, process, id);

describe('ranks', () => {
  it('a lower one never overwrites a higher one, nor does the same', async () => {
    await figures.post(call, reportOf('0.4'));
    for (const rank of ['final', 'provider_report'] as const)
      expect(await figures.post(call, reportOf('0.9', { rank }))).toEqual({
        state: 'outranked',
        revision: 2,
      });
    expect(await figures.post(call, reportOf('0.5', { rank: 'manual' }))).toMatchObject({
      revision: 3,
      difference: '0.1',
    });
    expect(await figures.post(call, reportOf('0.6', { rank: 'manual' }))).toMatchObject({
      revision: 4,
    });
    expect(await figures.post(call, reportOf('0.1'))).toMatchObject({ state: 'outranked' });
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.6', leased: '0' });
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('are kept when two report at once', async () => {
    const results = await atOnce(
      database,
      wallet,
      ['0.4', '0.7'].map((amount) => () => figures.post(call, reportOf(amount))),
    );
    expect(results.map(({ state }) => state).sort()).toEqual(['outranked', 'posted']);
    expect(await revisions()).toHaveLength(2);
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('of a call that nobody knows there are none', async () => {
    expect(await figures.post('nobody', reportOf('1'))).toEqual({ state: 'unknown' });
  });

  it.each(['NaN', '-1', 'Infinity', 'much'])('%s is no figure', async (amount) => {
    await expect(figures.post(call, reportOf(amount))).rejects.toThrow();
    expect(await revisions()).toHaveLength(1);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.25', leased: '0.75' });
  });
});

describe('an estimate without a better figure', () => {
  it('stands, and its hold is free', async () => {
    expect(await figures.settle(call, 'no such call')).toBe(true);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.25', leased: '0' });
    expect(await figures.settle(call, 'again')).toBe(false);
    const [event] = await rows.query('SELECT reconciliation FROM usage_event WHERE call_id = $1', [
      call,
    ]);
    expect(event).toEqual({ reconciliation: 'no such call' });
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('has its hold for a time only', async () => {
    await rows.query('SELECT free_stale_holds(60000)');
    expect(await quotaOf(rows, wallet)).toMatchObject({ leased: '0.75' });
    await rows.query(
      `UPDATE pending_hold SET created_at = clock_timestamp() - interval '61 s' WHERE call_id = $1`,
      [call],
    );
    const [freed] = await rows.query('SELECT free_stale_holds(60000) AS calls');
    expect(freed).toEqual({ calls: 1 });
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.25', leased: '0' });
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('loses its hold with the window that it was in', async () => {
    const [daily, yesterday] = await leasedYesterday();
    await post(`late_${call}`, '0.25', {}, [[daily, yesterday, '1', '0.25', '0.25', '0.75']]);
    expect(await quotaOf(rows, daily)).toMatchObject({ spent: '0.25', leased: '0.75' });
    await nextDay(daily);
    expect(await quotaOf(rows, daily)).toMatchObject({ spent: '0', leased: '0.1' });
    expect(await faultsOf(rows)).toEqual([]);
  });
});

describe('a refund', () => {
  const refund = async (source: string, amount: string, of = call): Promise<unknown> => {
    const [row] = await rows.query('SELECT refund_call($1, $2, $3, now()) AS result', [
      source,
      of,
      amount,
    ]);
    return row?.['result'];
  };

  it('gives back what a call was charged, once, and never more', async () => {
    expect(await refund(`a_${tenant}`, '0.2')).toEqual({ state: 'refunded', refundable: '0.05' });
    expect(await refund(`a_${tenant}`, '0.2')).toEqual({ state: 'repeated', refundable: '0.05' });
    expect(await refund(`b_${tenant}`, '0.06')).toEqual({ state: 'exceeds', refundable: '0.05' });
    for (const amount of ['0', '-1', 'NaN'])
      expect(await refund(`c_${tenant}`, amount)).toMatchObject({ state: 'exceeds' });
    expect(await refund(`d_${tenant}`, '1', 'nobody')).toEqual({ state: 'unknown' });
    expect(await quotaOf(rows, wallet)).toMatchObject({ cap: '10.2', spent: '0.25' });
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('at once by two is given once', async () => {
    const results = await atOnce(
      database,
      wallet,
      ['x', 'y'].map(
        (source) => () => refund(`${source}_${tenant}`, '0.2') as Promise<{ state: string }>,
      ),
    );
    expect(results.map(({ state }) => state).sort()).toEqual(['exceeds', 'refunded']);
  });

  it('inflates no total', async () => {
    await refund(`a_${tenant}`, '0.2');
    const [hour] = await rows.query(
      `SELECT trim_scale(amount)::text AS amount FROM usage_hourly WHERE organization_id = $1`,
      [organization],
    );
    expect(hour).toEqual({ amount: '0.25' });
    expect(await moved()).toMatchObject({ revenue: '0.25' });
  });
});
