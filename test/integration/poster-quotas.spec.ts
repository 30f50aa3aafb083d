import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { UseEntry } from '../../src/billing/quota/quota.js';
import { useEntry } from '../../src/billing/quota/use-entry.js';
import { chargeOf } from '../support/journal.js';
import { faultsOf, quotaOf, TestProcess } from '../support/quotas.js';
import { makeTenant } from '../support/tenant.js';
import { PostedQuotas } from '../support/posted-quotas.js';

let stage: PostedQuotas;
beforeAll(async () => {
  stage = await PostedQuotas.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());

describe('posting the end of a call', () => {
  it('takes exactly what it says from the slices, and counts what it cost', async () => {
    await stage.process.lease([
      [stage.wallet, '2'],
      [stage.budget, '3'],
    ]);
    const result = await stage.post([stage.close('a', '0.25', stage.both('1', '0.25', '0.25'))]);
    expect(result).toEqual({ posted: 1, estimates: [], overruns: 0 });
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({
      spent: '0.25',
      leased: '1.75',
    });
    expect(await quotaOf(stage.rows, stage.budget)).toMatchObject({
      spent: '0.25',
      leased: '2.75',
    });
    expect(await stage.process.leases()).toEqual([
      [stage.budget, '2.75'],
      [stage.wallet, '1.75'],
    ]);
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('needs no row of any process', async () => {
    const holder = new pg.Client({ connectionString: stage.database.url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT id FROM process FOR UPDATE');
    expect(await stage.post([stage.close('a', '1')])).toMatchObject({ posted: 1 });
    await holder.query('ROLLBACK');
    await holder.end();
  });

  it('changes nothing the second time, in whatever batch it comes', async () => {
    await stage.process.lease([
      [stage.wallet, '2'],
      [stage.budget, '2'],
    ]);
    const one = (name: string) => stage.close(name, '0.1', stage.both('0.5', '0.1', '0.1'));
    const closes = [one('a'), one('b'), one('c')];
    await stage.post(closes);
    expect(await stage.post([one('c'), one('a'), one('d')])).toEqual({
      posted: 1,
      estimates: [],
      overruns: 0,
    });
    expect(await stage.post([...closes, ...closes])).toMatchObject({ posted: 0 });
    expect(await quotaOf(stage.rows, stage.budget)).toMatchObject({ spent: '0.4', leased: '1.6' });
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('charges the wallet whether or not anything was set aside of it', async () => {
    await stage.post([stage.close('a', '0.25')]);
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.25', leased: '0' });
    expect(await stage.overruns(stage.wallet)).toEqual([]);
    await stage.post([stage.close('b', '10')]);
    expect(await stage.overruns(stage.wallet)).toEqual([[null, 'overrun', '0.25']]);
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('makes the wallet of an organization that never had one', async () => {
    await makeTenant(stage.rows, `poor_${stage.tenant}`);
    const poor = `org_poor_${stage.tenant}`;
    await stage.post([
      stage.close('a', '0.5', [], { identity: stage.identity({ organization: poor }) }),
    ]);
    expect(await quotaOf(stage.rows, `credit:${poor}`)).toMatchObject({ cap: '0', spent: '0.5' });
    expect(await stage.overruns(`credit:${poor}`)).toEqual([[null, 'overrun', '0.5']]);
  });

  it('counts a call with own credentials in budgets, and books neither charge nor cost', async () => {
    await stage.process.lease([[stage.budget, '1']]);
    const own: UseEntry[] = [[stage.budget, 0, '1', '0.5', '0.5', '0']];
    await stage.post([
      stage.close('own', '0', own, { charge: chargeOf('0.5', { charged: false }) }),
    ]);
    expect(await quotaOf(stage.rows, stage.budget)).toMatchObject({ spent: '0.5', leased: '0.5' });
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0' });
    const [event] = await stage.rows.query(
      `SELECT trim_scale(amount)::text AS amount, trim_scale(provider_cost)::text AS cost FROM usage_event
       WHERE call_id = $1`,
      [`${stage.tenant}_own`],
    );
    expect(event).toEqual({ amount: '0.5', cost: '0' });
    expect(await faultsOf(stage.rows)).toEqual([]);
  });
});

describe('an entry that leaves out what repeats itself', () => {
  it.each([
    ['1', '1', '1', '0'],
    ['1', '0.25', '0.25', '0'],
    ['1', '1', '1.5', '0'],
    ['1', '0.25', '0.25', '0.75'],
  ] as const)(
    'counts as the whole one: hold %s, taken %s, cost %s, kept %s',
    async (hold, taken, cost, kept) => {
      const entriesOf = [
        () => stage.both(hold, taken, cost, kept),
        () =>
          [stage.wallet, stage.budget].map((quota) => useEntry(quota, 0, hold, taken, cost, kept)),
      ];
      const standings = [];
      for (const entries of entriesOf) {
        await stage.begin();
        await stage.process.lease([
          [stage.wallet, '2'],
          [stage.budget, '3'],
        ]);
        const result = await stage.post([stage.close('a', cost, entries())]);
        const quotas = [stage.wallet, stage.budget].map((quota) => quotaOf(stage.rows, quota));
        standings.push({
          result: { ...Object(result), estimates: [] },
          quotas: await Promise.all(quotas),
        });
        expect(await faultsOf(stage.rows)).toEqual([]);
      }
      expect(standings[1]).toEqual(standings[0]);
    },
  );
});

describe('a call that cost more than its hold', () => {
  it('is an overrun as far as the slice in hand did not cover it', async () => {
    await stage.process.lease([
      [stage.wallet, '3'],
      [stage.budget, '3'],
    ]);
    const entries: UseEntry[] = [
      [stage.wallet, 0, '1', '1.5', '2', '0'],
      [stage.budget, 0, '1', '2', '2', '0'],
    ];
    expect(await stage.post([stage.close('a', '2', entries)])).toMatchObject({ overruns: 1 });
    expect(await stage.overruns(stage.wallet)).toEqual([[`${stage.tenant}_a`, 'overrun', '0.5']]);
    expect(await stage.overruns(stage.budget)).toEqual([]);
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '2', leased: '1.5' });
  });

  it('has all slices of that limit called back', async () => {
    const client = new pg.Client({ connectionString: stage.database.url });
    await client.connect();
    const heard = new Promise((resolve) =>
      client.on('notification', ({ payload }) => resolve(payload)),
    );
    await client.query('LISTEN osm_recall');
    await stage.post([stage.close('a', '2', [[stage.wallet, 0, '1', '1', '2', '0']])]);
    expect(await heard).toBe(`- ${stage.wallet}`);
    await client.end();
  });
});

describe('a call whose slice is gone', () => {
  it('is posted and put on record; others’ slices stay whole', async () => {
    const other = await TestProcess.register(stage.rows, `other_${stage.tenant}`);
    await other.lease([[stage.wallet, '4']]);
    await stage.process.lease([[stage.wallet, '0.3']]);
    const entry = (taken: string): UseEntry[] => [[stage.wallet, 0, '1', taken, taken, '0']];
    await stage.post(['a', 'b', 'c'].map((name) => stage.close(name, '0.2', entry('0.2'))));
    expect(await stage.overruns(stage.wallet)).toEqual([
      [`${stage.tenant}_b`, 'short', '0.1'],
      [`${stage.tenant}_c`, 'short', '0.2'],
    ]);
    expect(await other.leases()).toEqual([[stage.wallet, '4']]);
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.6', leased: '4' });
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('is late where its process was ended and its lease released', async () => {
    await stage.process.lease([[stage.wallet, '1']]);
    await stage.rows.query(`SELECT end_process($1, 'dead', NULL, '[]', NULL)`, [stage.process.id]);
    await stage.post([stage.close('a', '0.2', [[stage.wallet, 0, '1', '0.2', '0.2', '0']])]);
    expect(await stage.overruns(stage.wallet)).toEqual([[`${stage.tenant}_a`, 'late', '0.2']]);
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.2', leased: '0' });
  });
});
