import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { UseEntry } from '../../src/billing/quota/quota.js';
import { TrueUpService } from '../../src/billing/reconciliation/true-up.service.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  beginNextDay,
  leaseYesterday,
  movedBy,
  reportOf,
  revisionsOf,
} from '../support/figures.js';
import { chargeOf, closeOf, identityOf, STARTED_AT } from '../support/journal.js';
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

describe('a better figure', () => {
  it('posts the difference as a new revision, and frees the hold', async () => {
    expect(await figures.post(call, reportOf('0.4'))).toEqual({
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
    await figures.post(call, reportOf('0'));
    expect(await moved()).toMatchObject({ [`wallet:${organization}`]: '0', revenue: '0' });
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0', leased: '0' });
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('that is the same confirms the estimate, and moves nothing', async () => {
    expect(await figures.post(call, reportOf('0.25'))).toMatchObject({
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
    await figures.post(call, reportOf('1'));
    expect(await rows.query('SELECT id FROM overrun WHERE call_id = $1', [call])).toEqual([]);
    await post(`more_${call}`, '0.25');
    await figures.post(`more_${call}`, reportOf('1.5'));
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
    await figures.post(call, reportOf('0.4'));
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
    const { usage: _usage, ...bill } = reportOf('0.3');
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
    await figures.post(own, reportOf('0.5'));
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
    await figures.post(`d_${call}`, reportOf('0.4'));
    expect(await quotaOf(rows, daily)).toMatchObject({ spent: '0', leased: '0.1' });
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.65' });
    expect(await faultsOf(rows)).toEqual([]);
  });
});
