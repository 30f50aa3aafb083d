import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { DAY, inOneWindow } from '../support/one-window.js';
import { connectAsGateway, faultsOf, makeQuota, quotaOf, TestProcess } from '../support/quotas.js';
import { makeTenant, until, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let tenant = 0;
let organization: string;
let process: TestProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connectAsGateway(database.appUrl);
});
afterAll(async () => {
  await rows.close();
  await database.drop();
});
async function begin(): Promise<void> {
  tenant++;
  organization = `org_${tenant}`;
  await makeTenant(rows, String(tenant));
  process = await TestProcess.register(rows, `process_${tenant}`);
}
beforeEach(begin);

const inOneDay = (story: () => Promise<void>) => inOneWindow(DAY, story, { again: begin });

/** As if the quota and all that is leased of it were of the window before. */
async function sendBack(id: string): Promise<void> {
  await rows.query(
    `UPDATE quota SET period = period - 86400, period_ends = clock_timestamp() - interval '1 ms' WHERE id = $1`,
    [id],
  );
  await rows.query('UPDATE lease SET period = period - 86400 WHERE quota_id = $1', [id]);
}

describe('a limit at the edge of its window', () => {
  const daily = async (cap: string): Promise<string> => {
    const id = `daily_${tenant}`;
    await makeQuota(rows, id, { organization, cap, window: 'day' });
    return id;
  };

  it('tells how long its window lasts', async () => {
    const id = await daily('5');
    const before = Date.now();
    const { quotas, now } = await process.operate({ needs: [[[id, '1']]] });
    const [[, period, leftMs] = []] = quotas;
    expect((period ?? 0) % 86_400).toBe(0);
    expect(now + (leftMs ?? 0)).toBeLessThanOrEqual(((period ?? 0) + 86_400) * 1_000);
    expect(now + (leftMs ?? 0)).toBeGreaterThan(((period ?? 0) + 86_400) * 1_000 - 5);
    expect(Math.abs(now - before)).toBeLessThan(60_000);
  });

  it(
    'is whole again, and slices of the window before are gone',
    inOneDay(async () => {
      const id = await daily('5');
      await process.lease([[id, '4']]);
      await rows.query('UPDATE quota SET spent = 1 WHERE id = $1', [id]);
      const { period } = await quotaOf(rows, id);
      await sendBack(id);
      const { granted } = await process.operate({
        returns: [[id, period - 86_400, '4']],
        needs: [[[id, '5']]],
      });
      expect(granted).toEqual([0]);
      expect(await quotaOf(rows, id)).toEqual({ cap: '5', spent: '0', leased: '5', period });
      expect(await process.leases()).toEqual([[id, '5']]);
      expect(await faultsOf(rows)).toEqual([]);
    }),
  );

  it('never goes back to a window that is over', async () => {
    const id = await daily('5');
    await process.lease([[id, '4']]);
    const { period } = await quotaOf(rows, id);
    await rows.query(`UPDATE quota SET period = period + 86400 * 3 WHERE id = $1`, [id]);
    await rows.query(`UPDATE lease SET period = period + 86400 * 3 WHERE quota_id = $1`, [id]);
    await rows.query(`UPDATE quota SET period_ends = clock_timestamp() WHERE id = $1`, [id]);
    const { refused } = await process.operate({ needs: [[[id, '2']]] });
    expect(refused).toHaveLength(1);
    expect(await quotaOf(rows, id)).toMatchObject({ leased: '4', period: period + 86_400 * 3 });
  });

  it(
    'counts a grant that waited for a lock in the window in which it came through',
    inOneDay(async () => {
      const id = await daily('5');
      await process.lease([[id, '1']]);
      const { period } = await quotaOf(rows, id);
      const holder = new pg.Client({ connectionString: database.url });
      await holder.connect();
      await holder.query('BEGIN');
      await holder.query('SELECT id FROM quota WHERE id = $1 FOR UPDATE', [id]);
      const waiting = process.operate({ needs: [[[id, '5']]] });
      await until(
        async () =>
          (
            await rows.query(
              `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
            )
          ).length > 0,
        'waiting',
      );
      // The window ends while the grant waits: by its own start it would still be the one before.
      await holder.query(
        `UPDATE quota SET period = period - 86400, period_ends = clock_timestamp() WHERE id = $1`,
        [id],
      );
      await holder.query('COMMIT');
      await holder.end();
      expect((await waiting).granted).toEqual([0]);
      expect(await quotaOf(rows, id)).toMatchObject({ leased: '5', period });
    }),
  );
});

describe('a limit that people set', () => {
  it.each([
    [{ timeZone: 'Mars/Olympus' }, /time zone/],
    [{ window: 'fortnight' }, /window_of_kind/],
    [{ cap: '-1' }, /cap_not_negative/],
    [{ cap: 'NaN' }, /are_numbers/],
    [{ kind: 'requests_per_minute', window: 'day' }, /window_of_kind/],
    [{ kind: 'credit' }, /wallet_is_one/],
    [{ creditLimit: '5' }, /credit_limit/],
    [{ scope: 'tag' }, /tag_of_scope/],
  ])('is refused where it makes no sense: %p', async (more, reason) => {
    const made = makeQuota(rows, `odd_${tenant}`, { organization, cap: '1', ...more });
    await expect(made).rejects.toThrow(reason);
  });

  it('is on record, and called back, where it is set below what is spent and leased', async () => {
    const id = `budget_${tenant}`;
    await makeQuota(rows, id, { organization, cap: '5' });
    await process.lease([[id, '4']]);
    const heard = await listen('osm_recall', 'osm_quota');
    await rows.query('UPDATE quota SET cap = 4.5 WHERE id = $1', [id]);
    await rows.query('UPDATE quota SET cap = 1 WHERE id = $1', [id]);
    const found = await rows.query(
      'SELECT kind, trim_scale(amount)::text AS amount FROM overrun WHERE quota_id = $1',
      [id],
    );
    expect(found).toEqual([{ kind: 'lowered', amount: '3' }]);
    await until(() => heard.payloads.length >= 3, 'hearing of it');
    expect(heard.payloads.sort()).toEqual([`- ${id}`, organization, organization]);
    await heard.close();
  });
});

describe('a limit that ran short', () => {
  it('is called back from the others, at most once in 50 ms', async () => {
    const id = `budget_${tenant}`;
    await makeQuota(rows, id, { organization, cap: '5' });
    const other = await TestProcess.register(rows, `other_${tenant}`);
    await other.lease([[id, '4']]);
    const heard = await listen('osm_recall');
    await rows.query('UPDATE quota SET recalled_at = clock_timestamp() WHERE id = $1', [id]);
    await process.operate({ needs: [[[id, '2']]], recall: true });
    await rows.query(
      `UPDATE quota SET recalled_at = clock_timestamp() - interval '51 ms' WHERE id = $1`,
      [id],
    );
    await process.operate({ needs: [[[id, '2']], [[id, '3']]], recall: true });
    for (const [amount, recall] of [
      ['6', true], // Nobody can help.
      ['2', false],
    ] as const) {
      await rows.query(
        `UPDATE quota SET recalled_at = clock_timestamp() - interval '51 ms' WHERE id = $1`,
        [id],
      );
      await process.operate({ needs: [[[id, amount]]], recall });
    }
    await rows.query(`SELECT pg_notify('osm_recall', 'end')`);
    await until(() => heard.payloads.includes('end'), 'the end');
    expect(heard.payloads).toEqual([`${process.id} ${id}`, 'end']);
    await rows.query('UPDATE quota SET recalled_at = clock_timestamp() WHERE id = $1', [id]);
    expect((await other.operate({})).recalled).toEqual([id]);
    await heard.close();
  });
});

/** What is heard on channels from now on. */
async function listen(
  ...channels: string[]
): Promise<{ payloads: string[]; close(): Promise<void> }> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const payloads: string[] = [];
  client.on('notification', ({ payload }) => payloads.push(payload ?? ''));
  for (const channel of channels) await client.query(`LISTEN ${channel}`);
  return { payloads, close: () => client.end() };
}
