import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TrueUpService } from '../../src/billing/reconciliation/true-up.service.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { chargeOf, closeOf, identityOf } from '../support/journal.js';
import { connectAsGateway, faultsOf, makeWallet, quotaOf } from '../support/quotas.js';
import { makeTenant, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let service: DatabaseService;
let figures: TrueUpService;
let tenant = 0;
let organization: string;
let wallet: string;
let call: string;

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

/** Each test begins with an estimate of 0.25 USD, of which 0.2 were given back. */
beforeEach(async () => {
  tenant++;
  organization = `org_${tenant}`;
  call = `call_${tenant}`;
  await makeTenant(rows, String(tenant));
  wallet = await makeWallet(rows, organization, '10');
  const close = closeOf(call, '0.25', {
    identity: identityOf({ organization }),
    charge: chargeOf('0.25', { rank: 'estimate' }),
  });
  await rows.query(`SELECT post_calls('p', $1::jsonb)`, [JSON.stringify([close])]);
  expect(await refund('0.2')).toEqual({ state: 'refunded', refundable: '0.05' });
});

async function refund(amount: string): Promise<unknown> {
  const [row] = await rows.query('SELECT refund_call($1, $2, $3::numeric, now()) AS result', [
    `refund_${tenant}_${amount}`,
    call,
    amount,
  ]);
  return row?.['result'];
}

const trueUp = (amount: string, rank: 'final' | 'provider_report' | 'manual' = 'final') =>
  figures.post(call, {
    rank,
    reason: 'test',
    usage: { units: {}, lines: [{ meter: 'output', quantity: 1, amount }], amount },
    providerCost: amount,
  });

/** What the tenant has paid for the call, less what it was given back. */
async function net(): Promise<unknown> {
  const [row] = await rows.query(
    `SELECT trim_scale(-sum(amount))::text AS net FROM posting JOIN ledger_transaction AS t ON t.id = transaction_id
     WHERE account = 'wallet:' || $1 AND (t.call_id = $2 OR (kind = 'usage' AND source = $2))`,
    [organization, call],
  );
  return row?.['net'];
}

/** What is left in the wallet. */
async function left(): Promise<number> {
  const { cap, spent } = await quotaOf(rows, wallet);
  return Number(cap) - Number(spent);
}

describe('a call of which a part was given back, and whose better figure is lower', () => {
  it.each([
    ['0.25', '0.05', 9.95],
    ['0.21', '0.01', 9.99],
    ['0.2', '0', 10],
    ['0.1', '0', 10],
    ['0', '0', 10],
  ])(
    'at %s USD leaves the tenant with %s USD to pay, never less than nothing',
    async (amount, paid, rest) => {
      await trueUp(amount);
      expect(await net()).toBe(paid);
      expect(await left()).toBeCloseTo(rest, 12);
      expect(await faultsOf(rows)).toEqual([]);
    },
  );

  it('says why what was given back is taken back', async () => {
    await trueUp('0.1');
    const taken = await rows.query(
      `SELECT note, trim_scale(amount)::text AS amount FROM wallet_movement
         JOIN posting USING (transaction_id) WHERE organization_id = $1 AND account = 'wallet:' || $1`,
      [organization],
    );
    expect(taken).toEqual([
      { note: 'The call cost less than was given back for it', amount: '-0.1' },
    ]);
  });

  it('may still be corrected again, both ways', async () => {
    await trueUp('0.1');
    await trueUp('0.05', 'provider_report');
    expect(await net()).toBe('0');
    await trueUp('0.3', 'manual');
    expect(await net()).toBe('0.25');
    expect(await refund('0.26')).toMatchObject({ state: 'exceeds', refundable: '0.25' });
    expect(await faultsOf(rows)).toEqual([]);
  });
});
