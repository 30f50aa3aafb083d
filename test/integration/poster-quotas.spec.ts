import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { CloseRecord } from '../../src/billing/journal/journal-record.js';
import type { UseEntry } from '../../src/billing/quota/quota.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
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
let tenant = 0;
let organization: string;
let wallet: string;
let budget: string;
let process: TestProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connectAsGateway(database.appUrl);
});
afterAll(async () => {
  await rows.close();
  await database.drop();
});
beforeEach(async () => {
  await rows.query(`UPDATE process SET state = 'dead'`);
  tenant++;
  organization = `org_${tenant}`;
  budget = `budget_${tenant}`;
  await makeTenant(rows, String(tenant));
  wallet = await makeWallet(rows, organization, '10');
  await makeQuota(rows, budget, { organization, cap: '10' });
  process = await TestProcess.register(rows, `process_${tenant}`);
});

const identity = (more = {}) =>
  identityOf({ organization, project: `prj_${tenant}`, key: `key_${tenant}`, ...more });

/** The end of a call of `cost` USD with these entries. */
function close(
  name: string,
  cost: string,
  quotas: readonly UseEntry[] = [],
  more: Partial<CloseRecord> = {},
): CloseRecord {
  return closeOf(`${tenant}_${name}`, cost, { identity: identity(), quotas, ...more });
}

/** What a call takes of wallet and budget alike. */
const both = (hold: string, taken: string, cost: string, kept = '0'): UseEntry[] =>
  [wallet, budget].map((quota) => [quota, 0, hold, taken, cost, kept]);

async function post(closes: readonly object[], holder = process.id): Promise<unknown> {
  const [row] = await rows.query('SELECT post_calls($1, $2::jsonb) AS result', [
    holder,
    JSON.stringify(closes),
  ]);
  return row?.['result'];
}

async function overruns(quota: string): Promise<unknown[][]> {
  const found = await rows.query(
    `SELECT call_id, kind, trim_scale(amount)::text AS amount FROM overrun WHERE quota_id = $1 ORDER BY id`,
    [quota],
  );
  return found.map((row) => [row['call_id'], row['kind'], row['amount']]);
}

describe('posting the end of a call', () => {
  it('takes exactly what it says from the slices, and counts what it cost', async () => {
    await process.lease([
      [wallet, '2'],
      [budget, '3'],
    ]);
    const result = await post([close('a', '0.25', both('1', '0.25', '0.25'))]);
    expect(result).toEqual({ posted: 1, estimates: [], overruns: 0 });
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.25', leased: '1.75' });
    expect(await quotaOf(rows, budget)).toMatchObject({ spent: '0.25', leased: '2.75' });
    expect(await process.leases()).toEqual([
      [budget, '2.75'],
      [wallet, '1.75'],
    ]);
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('needs no row of any process', async () => {
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT id FROM process FOR UPDATE');
    expect(await post([close('a', '1')])).toMatchObject({ posted: 1 });
    await holder.query('ROLLBACK');
    await holder.end();
  });

  it('changes nothing the second time, in whatever batch it comes', async () => {
    await process.lease([
      [wallet, '2'],
      [budget, '2'],
    ]);
    const one = (name: string) => close(name, '0.1', both('0.5', '0.1', '0.1'));
    const closes = [one('a'), one('b'), one('c')];
    await post(closes);
    expect(await post([one('c'), one('a'), one('d')])).toEqual({
      posted: 1,
      estimates: [],
      overruns: 0,
    });
    expect(await post([...closes, ...closes])).toMatchObject({ posted: 0 });
    expect(await quotaOf(rows, budget)).toMatchObject({ spent: '0.4', leased: '1.6' });
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('charges the wallet whether or not anything was set aside of it', async () => {
    await post([close('a', '0.25')]);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.25', leased: '0' });
    expect(await overruns(wallet)).toEqual([]);
    await post([close('b', '10')]);
    expect(await overruns(wallet)).toEqual([[null, 'overrun', '0.25']]);
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('makes the wallet of an organization that never had one', async () => {
    await makeTenant(rows, `poor_${tenant}`);
    const poor = `org_poor_${tenant}`;
    await post([close('a', '0.5', [], { identity: identity({ organization: poor }) })]);
    expect(await quotaOf(rows, `credit:${poor}`)).toMatchObject({ cap: '0', spent: '0.5' });
    expect(await overruns(`credit:${poor}`)).toEqual([[null, 'overrun', '0.5']]);
  });

  it('counts a call with own credentials in budgets, and books neither charge nor cost', async () => {
    await process.lease([[budget, '1']]);
    const own: UseEntry[] = [[budget, 0, '1', '0.5', '0.5', '0']];
    await post([close('own', '0', own, { charge: chargeOf('0.5', { charged: false }) })]);
    expect(await quotaOf(rows, budget)).toMatchObject({ spent: '0.5', leased: '0.5' });
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0' });
    const [event] = await rows.query(
      `SELECT trim_scale(amount)::text AS amount, trim_scale(provider_cost)::text AS cost FROM usage_event
       WHERE call_id = $1`,
      [`${tenant}_own`],
    );
    expect(event).toEqual({ amount: '0.5', cost: '0' });
    expect(await faultsOf(rows)).toEqual([]);
  });
});

describe('a call that cost more than its hold', () => {
  it('is an overrun as far as the slice in hand did not cover it', async () => {
    await process.lease([
      [wallet, '3'],
      [budget, '3'],
    ]);
    const entries: UseEntry[] = [
      [wallet, 0, '1', '1.5', '2', '0'],
      [budget, 0, '1', '2', '2', '0'],
    ];
    expect(await post([close('a', '2', entries)])).toMatchObject({ overruns: 1 });
    expect(await overruns(wallet)).toEqual([[`${tenant}_a`, 'overrun', '0.5']]);
    expect(await overruns(budget)).toEqual([]);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '2', leased: '1.5' });
  });

  it('has all slices of that limit called back', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const heard = new Promise((resolve) =>
      client.on('notification', ({ payload }) => resolve(payload)),
    );
    await client.query('LISTEN osm_recall');
    await post([close('a', '2', [[wallet, 0, '1', '1', '2', '0']])]);
    expect(await heard).toBe(`- ${wallet}`);
    await client.end();
  });
});

describe('a call whose slice is gone', () => {
  it('is posted and put on record; others’ slices stay whole', async () => {
    const other = await TestProcess.register(rows, `other_${tenant}`);
    await other.lease([[wallet, '4']]);
    await process.lease([[wallet, '0.3']]);
    const entry = (taken: string): UseEntry[] => [[wallet, 0, '1', taken, taken, '0']];
    await post(['a', 'b', 'c'].map((name) => close(name, '0.2', entry('0.2'))));
    expect(await overruns(wallet)).toEqual([
      [`${tenant}_b`, 'short', '0.1'],
      [`${tenant}_c`, 'short', '0.2'],
    ]);
    expect(await other.leases()).toEqual([[wallet, '4']]);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.6', leased: '4' });
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('is late where its process was ended and its lease released', async () => {
    await process.lease([[wallet, '1']]);
    await rows.query(`SELECT end_process($1, 'dead', NULL, '[]', NULL)`, [process.id]);
    await post([close('a', '0.2', [[wallet, 0, '1', '0.2', '0.2', '0']])]);
    expect(await overruns(wallet)).toEqual([[`${tenant}_a`, 'late', '0.2']]);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.2', leased: '0' });
  });
});
