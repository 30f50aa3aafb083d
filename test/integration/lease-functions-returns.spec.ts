import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { connectAsGateway, faultsOf, makeWallet, quotaOf, TestProcess } from '../support/quotas.js';
import { makeTenant, until, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let other: Rows;
let tenant = 0;
let organization: string;
let wallet: string;
let one: TestProcess;
let two: TestProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connectAsGateway(database.appUrl);
  other = connectAsGateway(database.appUrl);
});
afterAll(async () => {
  await Promise.all([rows.close(), other.close()]);
  await database.drop();
});
beforeEach(async () => {
  await rows.query(`UPDATE process SET state = 'dead'`);
  tenant++;
  organization = `org_${tenant}`;
  await makeTenant(rows, String(tenant));
  wallet = await makeWallet(rows, organization, '10');
  one = await TestProcess.register(rows, `one_${tenant}`);
  two = await TestProcess.register(rows, `two_${tenant}`);
});

describe('what a process gives back', () => {
  it('is free, once, and only what it had', async () => {
    await one.lease([[wallet, '3']]);
    await one.operate({ returns: [[wallet, 0, '1']] });
    expect(await quotaOf(rows, wallet)).toMatchObject({ leased: '2' });
    await one.operate({ returns: [[wallet, 0, '5']] });
    await two.operate({ returns: [[wallet, 0, '5']] });
    expect(await quotaOf(rows, wallet)).toMatchObject({ leased: '0' });
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('can be asked for again in the same statement', async () => {
    await one.lease([[wallet, '10']]);
    const { granted } = await one.operate({
      returns: [[wallet, 0, '4']],
      needs: [[[wallet, '4']]],
    });
    expect(granted).toEqual([0]);
    expect(await quotaOf(rows, wallet)).toMatchObject({ leased: '10' });
  });
});

describe('a lost answer', () => {
  it('is given again to the same number, and nothing is done twice', async () => {
    await one.lease([[wallet, '3']]);
    const asked = { returns: [[wallet, 0, '1']] as const, needs: [[[wallet, '2']]] as const };
    const first = await one.operate({ ...asked, operation: 2 });
    const again = await one.operate({ ...asked, operation: 2 });
    expect(again).toEqual(first);
    expect(await quotaOf(rows, wallet)).toMatchObject({ leased: '4' });
    expect((await one.operate({ operation: 3 })).fenced).toBeUndefined();
  });

  it('that the database has forgotten fences the process', async () => {
    await one.lease([[wallet, '3']]);
    expect(await one.operate({ operation: 3, needs: [[[wallet, '1']]] })).toEqual({ fenced: true });
    expect(await one.state()).toBe('fenced');
    expect(await one.operate({ operation: 2 })).toEqual({ fenced: true });
    expect(await quotaOf(rows, wallet)).toMatchObject({ leased: '3' });
  });
});

describe('a process that is not alive any more', () => {
  it.each(['fenced', 'quarantined', 'dead'])('gets nothing when it is %s', async (state) => {
    await rows.query('UPDATE process SET state = $2 WHERE id = $1', [one.id, state]);
    expect(await one.operate({ needs: [[[wallet, '1']]] })).toEqual({ fenced: true });
    expect(await quotaOf(rows, wallet)).toMatchObject({ leased: '0' });
  });

  it('nor one that nobody knows', async () => {
    await rows.query('DELETE FROM process WHERE id = $1', [one.id]);
    expect(await one.operate({})).toEqual({ fenced: true });
  });

  it('leaves no lease behind by a grant that waited for a lock while it was ended', async () => {
    // Held by somebody else, so that the grant has to wait for it with the process's row in hand.
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT id FROM quota WHERE id = $1 FOR UPDATE', [wallet]);
    const granting = one.operate({ needs: [[[wallet, '1']]] });
    await waitsForLock(1);
    const ending = other.query(`SELECT end_process($1, 'dead', NULL, '[]', NULL)`, [one.id]);
    await waitsForLock(2);
    await holder.query('COMMIT');
    await holder.end();
    await Promise.all([granting, ending]);
    expect(await one.leases()).toEqual([]);
    expect(await quotaOf(rows, wallet)).toMatchObject({ leased: '0' });
    expect(await one.operate({ needs: [[[wallet, '1']]] })).toEqual({ fenced: true });
  });
});

/** Until so many statements wait for a lock. */
async function waitsForLock(count: number): Promise<void> {
  await until(async () => {
    const found = await other.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return found.length >= count;
  }, `${count} statements that wait`);
}
