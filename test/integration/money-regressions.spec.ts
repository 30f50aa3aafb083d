import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AuditedBooks, BUDGET, WALLET } from '../support/audited-books.js';
import {
  connectAsGateway,
  makeQuota,
  makeWallet,
  quotaOf,
  TestProcess,
} from '../support/quotas.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { closeOf, identityOf } from '../support/journal.js';
import { DAY, inOneWindow } from '../support/one-window.js';
import { makeTenant, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let tenant = 0;
let organization: string;
let wallet: string;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connectAsGateway(database.appUrl);
});
afterAll(async () => {
  await rows.close();
  await database.drop();
});
async function begin(): Promise<void> {
  await rows.query(`UPDATE process SET state = 'dead'`);
  tenant++;
  organization = `org_${tenant}`;
  await makeTenant(rows, String(tenant));
  wallet = await makeWallet(rows, organization, '1');
}
beforeEach(begin);

const inOneDay = (story: () => Promise<void>) => inOneWindow(DAY, story, { again: begin });

const processes = (count: number): Promise<TestProcess[]> =>
  Promise.all(
    Array.from({ length: count }, (_, at) => TestProcess.register(rows, `p_${tenant}_${at}`)),
  );

/** Each process asks at once, for so many calls; gives how many are granted in all. */
async function granted(quota: string, each: string, calls: number): Promise<number> {
  const answers = await Promise.all(
    (await processes(3)).map((process) =>
      process.operate({ needs: Array.from({ length: calls }, () => [[quota, each] as const]) }),
    ),
  );
  return answers.reduce((sum, answer) => sum + answer.granted.length, 0);
}

/** The ways in which others lost or invented money at the database; each was somebody's incident. */
describe('what went wrong elsewhere', () => {
  it('new-api #6609, LiteLLM #34732: checking first and deducting later overdraws under concurrency', async () => {
    expect(await granted(wallet, '0.1', 20)).toBe(10);
    expect(await quotaOf(rows, wallet)).toMatchObject({ leased: '1' });
  });

  it('LiteLLM #27639, #36926: reservations of the dead leak into budget errors that have no cause', async () => {
    const [process] = await processes(1);
    await process?.lease([[wallet, '1']]);
    await rows.query(`SELECT end_process($1, 'dead', NULL, '[]', NULL)`, [process?.id]);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0', leased: '0' });
    const next = await TestProcess.register(rows, `next_${tenant}`);
    await next.lease([[wallet, '1']]);
  });

  it('LiteLLM #33872: events that were taken before the database had them are gone', async () => {
    const closes = JSON.stringify([
      closeOf(`call_${tenant}`, '0.25', { identity: identityOf({ organization }) }),
    ]);
    await expect(
      rows.query(
        `DO $do$ BEGIN PERFORM post_calls('p', $$${closes}$$::jsonb); RAISE EXCEPTION 'gone'; END $do$`,
      ),
    ).rejects.toThrow('gone');
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0' });
    for (let times = 0; times < 3; times++)
      await rows.query(`SELECT post_calls('p', $1::jsonb)`, [closes]);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.25' });
  });

  it('LiteLLM PR 38938: the window of a budget is off by the offset of its time zone', async () => {
    const [bounds] = await rows.query(
      `SELECT starts, ends FROM window_bounds('day', 'America/New_York', NULL, '2026-07-02T03:59:59Z')`,
    );
    expect(bounds).toEqual({
      starts: new Date('2026-07-01T04:00:00Z'),
      ends: new Date('2026-07-02T04:00:00Z'),
    });
  });

  it(
    'Bifrost #3547: a rate limit that each replica counts lets through so many times too much',
    inOneDay(async () => {
      const limit = `rpm_${tenant}`;
      await makeQuota(rows, limit, {
        organization,
        cap: '10',
        kind: 'requests_per_day',
        window: 'day',
      });
      expect(await granted(limit, '1', 10)).toBe(10);
    }),
  );

  it('LiteLLM #39309: a request that was refused still eats the limit', async () => {
    const limit = `rpd_${tenant}`;
    await makeQuota(rows, limit, {
      organization,
      cap: '1',
      kind: 'requests_per_day',
      window: 'day',
    });
    const [process] = await processes(1);
    const answer = await process?.operate({
      needs: [
        [
          [limit, '1'],
          [wallet, '2'],
        ],
      ],
    });
    expect(answer?.refused).toHaveLength(1);
    expect(await quotaOf(rows, limit)).toMatchObject({ spent: '0', leased: '0' });
    await process?.lease([[limit, '1']]);
  });
});

describe('what went wrong elsewhere, over books that are audited', () => {
  let books: AuditedBooks;
  beforeEach(async () => {
    books = await AuditedBooks.openLive();
  }, 30_000);
  afterEach(() => books.close());

  it('Bifrost PR 5669: old calls are computed anew with the prices of today', async () => {
    await books.forger.query(
      `INSERT INTO price_version (id, offer_id, valid_from, source) VALUES ('today', 'openai/m', now(), 'test');
       INSERT INTO price_component (price_version_id, position, meter, unit, amount, conditions)
       VALUES ('today', 0, 'input', 'million_tokens', 9, '{}')`,
    );
    expect(await books.broken()).toEqual([]);
    await expect(
      books.rows.query(`UPDATE price_component SET amount = 9 WHERE price_version_id = 'openai/m'`),
    ).rejects.toThrow();
  });

  it('new-api #4211: what is refunded inflates the totals', async () => {
    const totals = () =>
      books.rows.query(
        'SELECT sum(amount)::text AS amount, sum(requests)::int AS requests FROM usage_hourly',
      );
    const before = await totals();
    const spent = await quotaOf(books.rows, BUDGET);
    await books.rows.query(`SELECT refund_call('refund_2', 'paid', 0.05, now())`);
    expect(await totals()).toEqual(before);
    expect(await quotaOf(books.rows, BUDGET)).toEqual(spent);
    expect((await quotaOf(books.rows, WALLET)).cap).toBe('15.15');
    expect(await books.broken()).toEqual([]);
  });
});
