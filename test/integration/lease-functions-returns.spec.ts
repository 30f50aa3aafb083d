import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { LeasingProcesses } from '../support/leasing-processes.js';
import { faultsOf, quotaOf } from '../support/quotas.js';
import { until } from '../support/tenant.js';

let stage: LeasingProcesses;

beforeAll(async () => {
  stage = await LeasingProcesses.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());

describe('what a process gives back', () => {
  it('is free, once, and only what it had', async () => {
    await stage.one.lease([[stage.wallet, '3']]);
    await stage.one.operate({ returns: [[stage.wallet, 0, '1']] });
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ leased: '2' });
    await stage.one.operate({ returns: [[stage.wallet, 0, '5']] });
    await stage.two.operate({ returns: [[stage.wallet, 0, '5']] });
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ leased: '0' });
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('can be asked for again in the same statement', async () => {
    await stage.one.lease([[stage.wallet, '10']]);
    const { granted } = await stage.one.operate({
      returns: [[stage.wallet, 0, '4']],
      needs: [[[stage.wallet, '4']]],
    });
    expect(granted).toEqual([0]);
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ leased: '10' });
  });
});

describe('a lost answer', () => {
  it('is given again to the same number, and nothing is done twice', async () => {
    await stage.one.lease([[stage.wallet, '3']]);
    const asked = {
      returns: [[stage.wallet, 0, '1']] as const,
      needs: [[[stage.wallet, '2']]] as const,
    };
    const first = await stage.one.operate({ ...asked, operation: 2 });
    const again = await stage.one.operate({ ...asked, operation: 2 });
    expect(again).toEqual(first);
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ leased: '4' });
    expect((await stage.one.operate({ operation: 3 })).fenced).toBeUndefined();
  });

  it('that the database has forgotten fences the process', async () => {
    await stage.one.lease([[stage.wallet, '3']]);
    expect(await stage.one.operate({ operation: 3, needs: [[[stage.wallet, '1']]] })).toEqual({
      fenced: true,
    });
    expect(await stage.one.state()).toBe('fenced');
    expect(await stage.one.operate({ operation: 2 })).toEqual({ fenced: true });
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ leased: '3' });
  });
});

describe('a process that is not alive any more', () => {
  it.each(['fenced', 'quarantined', 'dead'])('gets nothing when it is %s', async (state) => {
    await stage.rows.query('UPDATE process SET state = $2 WHERE id = $1', [stage.one.id, state]);
    expect(await stage.one.operate({ needs: [[[stage.wallet, '1']]] })).toEqual({ fenced: true });
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ leased: '0' });
  });

  it('nor one that nobody knows', async () => {
    await stage.rows.query('DELETE FROM process WHERE id = $1', [stage.one.id]);
    expect(await stage.one.operate({})).toEqual({ fenced: true });
  });

  it('leaves no lease behind by a grant that waited for a lock while it was ended', async () => {
    // Held by somebody else, so that the grant has to wait for it with the process's row in hand.
    const holder = new pg.Client({ connectionString: stage.database.url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT id FROM quota WHERE id = $1 FOR UPDATE', [stage.wallet]);
    const granting = stage.one.operate({ needs: [[[stage.wallet, '1']]] });
    await waitsForLock(1);
    const ending = stage.other.query(`SELECT end_process($1, 'dead', NULL, '[]', NULL)`, [
      stage.one.id,
    ]);
    await waitsForLock(2);
    await holder.query('COMMIT');
    await holder.end();
    await Promise.all([granting, ending]);
    expect(await stage.one.leases()).toEqual([]);
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ leased: '0' });
    expect(await stage.one.operate({ needs: [[[stage.wallet, '1']]] })).toEqual({ fenced: true });
  });
});

/** Until so many statements wait for a lock. */
async function waitsForLock(count: number): Promise<void> {
  await until(async () => {
    const found = await stage.other.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return found.length >= count;
  }, `${count} statements that wait`);
}
