import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CloseRecord } from '../../src/billing/journal/journal-record.js';
import type { UseEntry } from '../../src/billing/quota/quota.js';
import { formatUsd } from '../../src/core/money.js';
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

describe('an estimate', () => {
  it('keeps its hold under the call', async () => {
    await process.lease([
      [wallet, '2'],
      [budget, '2'],
    ]);
    const estimate = { charge: chargeOf('0.25', { rank: 'estimate' as const }) };
    const result = await post([close('a', '0', both('1', '0.25', '0.25', '0.75'), estimate)]);
    expect(result).toMatchObject({ estimates: [`${tenant}_a`] });
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.25', leased: '1.75' });
    expect(await process.leases()).toEqual([
      [budget, '1'],
      [wallet, '1'],
    ]);
    const held = await rows.query(
      `SELECT quota_id, trim_scale(amount)::text AS amount FROM pending_hold WHERE call_id = $1 ORDER BY 1`,
      [`${tenant}_a`],
    );
    expect(held).toEqual([
      { quota_id: budget, amount: '0.75' },
      { quota_id: wallet, amount: '0.75' },
    ]);
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('keeps no more than the slice still has', async () => {
    await process.lease([[wallet, '0.6']]);
    const estimate = { charge: chargeOf('0.5', { rank: 'estimate' as const }) };
    await post([close('a', '0', [[wallet, 0, '1', '0.5', '0.5', '0.5']], estimate)]);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.5', leased: '0.1' });
    expect(await overruns(wallet)).toEqual([[`${tenant}_a`, 'short', '0.4']]);
    expect(await faultsOf(rows)).toEqual([]);
  });
});

describe('a call of a window that is over', () => {
  it('is charged, and counts in no other window', async () => {
    const daily = `daily_${tenant}`;
    await makeQuota(rows, daily, { organization, cap: '5', window: 'day' });
    await process.lease([[daily, '2']]);
    const { period } = await quotaOf(rows, daily);
    const yesterday = period - 86_400;
    await post([close('a', '0.5', [[daily, yesterday, '1', '0.5', '0.5', '0']])]);
    expect(await quotaOf(rows, daily)).toMatchObject({ spent: '0', leased: '2', period });
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.5' });
    expect(await overruns(daily)).toEqual([]);
    await post([close('b', '0.5', [[daily, period, '1', '0.5', '0.5', '0']])]);
    expect(await quotaOf(rows, daily)).toMatchObject({ spent: '0.5', leased: '1.5', period });
  });
});

describe('the law of posting', () => {
  it('gives the same books in any order, any batches, any number of times', async () => {
    const pico = fc.bigInt({ min: 0n, max: 10n ** 12n });
    const call = fc.record({
      hold: pico,
      share: fc.integer({ min: 0, max: 150 }),
      isFinal: fc.boolean(),
    });
    const calls = fc.array(call, { minLength: 1, maxLength: 8 });
    const order = fc.array(fc.nat(20), { minLength: 1, maxLength: 30 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(calls, order, fc.integer({ min: 1, max: 4 }), async (list, picks, size) => {
        run++;
        const spent: string[] = [];
        for (const shuffled of [false, true]) {
          const id = `${tenant}_${run}_${String(shuffled)}`;
          await makeTenant(rows, id);
          const quota = await makeWallet(rows, `org_${id}`, '100');
          const holder = await TestProcess.register(rows, `holder_${id}`);
          const total = list.reduce((sum, { hold }) => sum + hold, 0n);
          if (total > 0n) await holder.lease([[quota, formatUsd(total)]]);
          const closes = list.map(({ hold, share, isFinal }, at) => {
            const cost = (hold * BigInt(share)) / 100n;
            const taken = cost < hold ? cost : hold;
            const kept = isFinal ? 0n : hold - taken;
            const entry = [quota, 0, ...[hold, taken, cost, kept].map(formatUsd)] as unknown;
            return closeOf(`${id}_${at}`, formatUsd(cost), {
              identity: identity({ organization: `org_${id}` }),
              quotas: [entry as UseEntry],
            });
          });
          const all = shuffled
            ? [...picks.map((pick) => closes[pick % closes.length]), ...closes]
            : closes;
          const step = shuffled ? size : all.length;
          for (let at = 0; at < all.length; at += step)
            await post(all.slice(at, at + step) as object[], holder.id);
          const row = await quotaOf(rows, quota);
          spent.push(JSON.stringify([row, (await holder.leases()).map(([, granted]) => granted)]));
        }
        expect(spent[1]).toBe(spent[0]);
        expect(await faultsOf(rows)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});
