import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { atOnce, reportOf } from '../support/figures.js';
import { faultsOf, quotaOf } from '../support/quotas.js';
import { EstimatedCall } from '../support/estimated-call.js';

let stage: EstimatedCall;
beforeAll(async () => {
  stage = await EstimatedCall.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());

describe('ranks', () => {
  it('a lower one never overwrites a higher one, nor does the same', async () => {
    await stage.figures.post(stage.call, reportOf('0.4'));
    for (const rank of ['final', 'provider_report'] as const)
      expect(await stage.figures.post(stage.call, reportOf('0.9', { rank }))).toEqual({
        state: 'outranked',
        revision: 2,
      });
    expect(await stage.figures.post(stage.call, reportOf('0.5', { rank: 'manual' }))).toMatchObject(
      {
        revision: 3,
        difference: '0.1',
      },
    );
    expect(await stage.figures.post(stage.call, reportOf('0.6', { rank: 'manual' }))).toMatchObject(
      {
        revision: 4,
      },
    );
    expect(await stage.figures.post(stage.call, reportOf('0.1'))).toMatchObject({
      state: 'outranked',
    });
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.6', leased: '0' });
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('are kept when two report at once', async () => {
    const results = await atOnce(
      stage.database,
      stage.wallet,
      ['0.4', '0.7'].map((amount) => () => stage.figures.post(stage.call, reportOf(amount))),
    );
    expect(results.map(({ state }) => state).sort()).toEqual(['outranked', 'posted']);
    expect(await stage.revisions()).toHaveLength(2);
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('of a call that nobody knows there are none', async () => {
    expect(await stage.figures.post('nobody', reportOf('1'))).toEqual({ state: 'unknown' });
  });

  it.each(['NaN', '-1', 'Infinity', 'much'])('%s is no figure', async (amount) => {
    await expect(stage.figures.post(stage.call, reportOf(amount))).rejects.toThrow();
    expect(await stage.revisions()).toHaveLength(1);
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({
      spent: '0.25',
      leased: '0.75',
    });
  });
});

describe('an estimate without a better figure', () => {
  it('stands, and its hold is free', async () => {
    expect(await stage.figures.settle(stage.call, 'no such call')).toBe(true);
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.25', leased: '0' });
    expect(await stage.figures.settle(stage.call, 'again')).toBe(false);
    const [event] = await stage.rows.query(
      'SELECT reconciliation FROM usage_event WHERE call_id = $1',
      [stage.call],
    );
    expect(event).toEqual({ reconciliation: 'no such call' });
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('has its hold for a time only', async () => {
    await stage.rows.query('SELECT free_stale_holds(60000)');
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ leased: '0.75' });
    await stage.rows.query(
      `UPDATE pending_hold SET created_at = clock_timestamp() - interval '61 s' WHERE call_id = $1`,
      [stage.call],
    );
    const [freed] = await stage.rows.query('SELECT free_stale_holds(60000) AS calls');
    expect(freed).toEqual({ calls: 1 });
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.25', leased: '0' });
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('loses its hold with the window that it was in', async () => {
    const [daily, yesterday] = await stage.leasedYesterday();
    await stage.estimate(`late_${stage.call}`, '0.25', {}, [
      [daily, yesterday, '1', '0.25', '0.25', '0.75'],
    ]);
    expect(await quotaOf(stage.rows, daily)).toMatchObject({ spent: '0.25', leased: '0.75' });
    await stage.nextDay(daily);
    expect(await quotaOf(stage.rows, daily)).toMatchObject({ spent: '0', leased: '0.1' });
    expect(await faultsOf(stage.rows)).toEqual([]);
  });
});

describe('a refund', () => {
  const refund = async (source: string, amount: string, of = stage.call): Promise<unknown> => {
    const [row] = await stage.rows.query('SELECT refund_call($1, $2, $3, now()) AS result', [
      source,
      of,
      amount,
    ]);
    return row?.['result'];
  };

  it('gives back what a call was charged, once, and never more', async () => {
    expect(await refund(`a_${stage.tenant}`, '0.2')).toEqual({
      state: 'refunded',
      refundable: '0.05',
    });
    expect(await refund(`a_${stage.tenant}`, '0.2')).toEqual({
      state: 'repeated',
      refundable: '0.05',
    });
    expect(await refund(`b_${stage.tenant}`, '0.06')).toEqual({
      state: 'exceeds',
      refundable: '0.05',
    });
    for (const amount of ['0', '-1', 'NaN'])
      expect(await refund(`c_${stage.tenant}`, amount)).toMatchObject({ state: 'exceeds' });
    expect(await refund(`d_${stage.tenant}`, '1', 'nobody')).toEqual({ state: 'unknown' });
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ cap: '10.2', spent: '0.25' });
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('at once by two is given once', async () => {
    const results = await atOnce(
      stage.database,
      stage.wallet,
      ['x', 'y'].map(
        (source) => () => refund(`${source}_${stage.tenant}`, '0.2') as Promise<{ state: string }>,
      ),
    );
    expect(results.map(({ state }) => state).sort()).toEqual(['exceeds', 'refunded']);
  });

  it('inflates no total', async () => {
    await refund(`a_${stage.tenant}`, '0.2');
    const [hour] = await stage.rows.query(
      `SELECT trim_scale(amount)::text AS amount FROM usage_hourly WHERE organization_id = $1`,
      [stage.organization],
    );
    expect(hour).toEqual({ amount: '0.25' });
    expect(await stage.moved()).toMatchObject({ revenue: '0.25' });
  });
});
