import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { UseEntry } from '../../src/billing/quota/quota.js';
import {
  TrueUpService,
  type BetterFigure,
} from '../../src/billing/reconciliation/true-up.service.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { chargeOf, closeOf, identityOf, STARTED_AT } from '../support/journal.js';
import {
  connectAsGateway,
  faultsOf,
  makeQuota,
  makeWallet,
  quotaOf,
  TestProcess,
} from '../support/quotas.js';
import { makeTenant, until, type Rows } from '../support/tenant.js';

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

/** A daily budget of which this process has leased a dollar yesterday; gives its id and that day. */
async function leasedYesterday(): Promise<[id: string, yesterday: number]> {
  const id = `daily_${tenant}`;
  await makeQuota(rows, id, { organization, cap: '5', window: 'day' });
  await process.lease([[id, '1']]);
  await rows.query('UPDATE quota SET period = period - 86400 WHERE id = $1', [id]);
  await rows.query('UPDATE lease SET period = period - 86400 WHERE quota_id = $1', [id]);
  const { period } = await quotaOf(rows, id);
  return [id, period];
}

/** The day ends, and somebody leases a tenth of a dollar of the next one. */
async function nextDay(id: string): Promise<void> {
  await rows.query('UPDATE quota SET period_ends = clock_timestamp() WHERE id = $1', [id]);
  await process.operate({ wants: [[id, '0.1', '0.1']] });
}

/** Has all of them wait for the wallet before it is free: what they have seen by then they have seen together. */
async function atOnce<T>(work: readonly (() => Promise<T>)[]): Promise<T[]> {
  const holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT id FROM quota WHERE id = $1 FOR UPDATE', [wallet]);
  const results = work.map((begin) => begin());
  const watcher = connectAsGateway(database.appUrl);
  await until(async () => {
    const waiting = await watcher.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return waiting.length >= work.length;
  }, 'waiting');
  await holder.query('COMMIT');
  await Promise.all([holder.end(), watcher.close()]);
  return Promise.all(results);
}

const report = (amount: string, more: Partial<BetterFigure> = {}): BetterFigure => ({
  rank: 'provider_report',
  reason: 'generation endpoint',
  usage: {
    units: { promptTokens: 100, completionTokens: 50 },
    lines: [{ meter: 'output', quantity: 50, amount }],
    amount,
  },
  providerCost: amount,
  ...more,
});

/** [revision, amount, provider's cost, rank] of each figure of the call. */
async function revisions(): Promise<unknown[][]> {
  const found = await rows.query(
    `SELECT revision, trim_scale(amount)::text AS amount, trim_scale(provider_cost)::text AS cost, rank
     FROM usage_event WHERE call_id = $1 ORDER BY revision`,
    [call],
  );
  return found.map(({ revision, amount, cost, rank }) => [revision, amount, cost, rank]);
}

/** What all transactions of the call have moved, by account. */
async function moved(): Promise<Record<string, unknown>> {
  const found = await rows.query(
    `SELECT account, trim_scale(sum(amount))::text AS amount FROM posting
     JOIN ledger_transaction t ON t.id = transaction_id WHERE kind = 'usage' AND source = $1 GROUP BY 1`,
    [call],
  );
  return Object.fromEntries(found.map(({ account, amount }) => [account, amount]));
}

describe('a better figure', () => {
  it('posts the difference as a new revision, and frees the hold', async () => {
    expect(await figures.post(call, report('0.4'))).toEqual({
      state: 'posted',
      revision: 2,
      difference: '0.15',
      providerDifference: '0.15',
    });
    expect(await revisions()).toEqual([
      [1, '0.25', '0.25', 'estimate'],
      [2, '0.4', '0.4', 'provider_report'],
    ]);
    expect(await moved()).toEqual({
      [`wallet:${organization}`]: '-0.4',
      revenue: '0.4',
      'provider_cost:openai': '0.4',
      'provider_payable:openai': '-0.4',
    });
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.4', leased: '0' });
    expect(await quotaOf(rows, budget)).toMatchObject({ spent: '0.4', leased: '0' });
    expect(await rows.query('SELECT id FROM overrun WHERE call_id = $1', [call])).toEqual([]);
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('that is lower gives the difference back', async () => {
    await figures.post(call, report('0'));
    expect(await moved()).toMatchObject({ [`wallet:${organization}`]: '0', revenue: '0' });
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0', leased: '0' });
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('that is the same confirms the estimate, and moves nothing', async () => {
    expect(await figures.post(call, report('0.25'))).toMatchObject({
      revision: 2,
      difference: '0',
    });
    const transactions = await rows.query('SELECT id FROM ledger_transaction WHERE source = $1', [
      call,
    ]);
    expect(transactions).toHaveLength(1);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.25', leased: '0' });
  });

  it('can cost no more than what was set aside without being put on record', async () => {
    await figures.post(call, report('1'));
    expect(await rows.query('SELECT id FROM overrun WHERE call_id = $1', [call])).toEqual([]);
    await post(`more_${call}`, '0.25');
    await figures.post(`more_${call}`, report('1.5'));
    const found = await rows.query(
      `SELECT quota_id, kind, trim_scale(amount)::text AS amount FROM overrun WHERE call_id = $1 AND kind = 'overrun'
       ORDER BY 1`,
      [`more_${call}`],
    );
    expect(found).toEqual([
      { quota_id: budget, kind: 'overrun', amount: '1.25' },
      { quota_id: wallet, kind: 'overrun', amount: '1.25' },
    ]);
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('corrects the request log and the hour, and marks the estimate', async () => {
    await figures.post(call, report('0.4'));
    const [log] = await rows.query(
      `SELECT trim_scale(cost)::text AS cost, cost_basis, prompt_tokens, completion_tokens FROM request_log
       WHERE call_id = $1`,
      [call],
    );
    expect(log).toEqual({
      cost: '0.4',
      cost_basis: 'provider_report',
      prompt_tokens: 100,
      completion_tokens: 50,
    });
    const expected = {
      requests: '1',
      prompt_tokens: '100',
      completion_tokens: '50',
      amount: '0.400000000000',
      provider_cost: '0.400000000000',
      hour: new Date(STARTED_AT - (STARTED_AT % 3_600_000)),
    };
    for (const table of ['usage_hourly', 'usage_hourly_tag']) {
      const found = await rows.query(`SELECT * FROM ${table} WHERE organization_id = $1`, [
        organization,
      ]);
      expect(found).toMatchObject([expected]);
    }
    const [estimate] = await rows.query(
      'SELECT reconciliation, reconciled_at FROM usage_event WHERE call_id = $1 AND revision = 1',
      [call],
    );
    expect(estimate).toMatchObject({ reconciliation: 'generation endpoint' });
    expect(estimate?.['reconciled_at']).toBeInstanceOf(Date);
  });

  it('of the provider’s bill alone moves the provider’s accounts only', async () => {
    const { usage: _usage, ...bill } = report('0.3');
    expect(await figures.post(call, bill)).toMatchObject({
      difference: '0',
      providerDifference: '0.05',
    });
    expect(await moved()).toEqual({
      [`wallet:${organization}`]: '-0.25',
      revenue: '0.25',
      'provider_cost:openai': '0.3',
      'provider_payable:openai': '-0.3',
    });
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.25', leased: '0' });
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('of a call with own credentials moves budgets, and nobody’s money', async () => {
    await process.lease([[budget, '1']]);
    const own = `own_${call}`;
    await post(own, '0.25', { charged: false });
    await figures.post(own, report('0.5'));
    expect(await quotaOf(rows, budget)).toMatchObject({ spent: '0.75' });
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.25' });
    expect(await rows.query('SELECT id FROM ledger_transaction WHERE source = $1', [own])).toEqual(
      [],
    );
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('counts in no window but its own', async () => {
    const [daily, yesterday] = await leasedYesterday();
    await post(`d_${call}`, '0.25', {}, [[daily, yesterday, '1', '0.25', '0.25', '0.75']]);
    await nextDay(daily);
    await figures.post(`d_${call}`, report('0.4'));
    expect(await quotaOf(rows, daily)).toMatchObject({ spent: '0', leased: '0.1' });
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.65' });
    expect(await faultsOf(rows)).toEqual([]);
  });
});

describe('ranks', () => {
  it('a lower one never overwrites a higher one, nor does the same', async () => {
    await figures.post(call, report('0.4'));
    for (const rank of ['final', 'provider_report'] as const)
      expect(await figures.post(call, report('0.9', { rank }))).toEqual({
        state: 'outranked',
        revision: 2,
      });
    expect(await figures.post(call, report('0.5', { rank: 'manual' }))).toMatchObject({
      revision: 3,
      difference: '0.1',
    });
    expect(await figures.post(call, report('0.6', { rank: 'manual' }))).toMatchObject({
      revision: 4,
    });
    expect(await figures.post(call, report('0.1'))).toMatchObject({ state: 'outranked' });
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.6', leased: '0' });
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('are kept when two report at once', async () => {
    const results = await atOnce(
      ['0.4', '0.7'].map((amount) => () => figures.post(call, report(amount))),
    );
    expect(results.map(({ state }) => state).sort()).toEqual(['outranked', 'posted']);
    expect(await revisions()).toHaveLength(2);
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('of a call that nobody knows there are none', async () => {
    expect(await figures.post('nobody', report('1'))).toEqual({ state: 'unknown' });
  });

  it.each(['NaN', '-1', 'Infinity', 'much'])('%s is no figure', async (amount) => {
    await expect(figures.post(call, report(amount))).rejects.toThrow();
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
