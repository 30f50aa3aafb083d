import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { reportOf } from '../support/figures.js';
import { STARTED_AT } from '../support/journal.js';
import { faultsOf, quotaOf } from '../support/quotas.js';
import { EstimatedCall } from '../support/estimated-call.js';

let stage: EstimatedCall;
beforeAll(async () => {
  stage = await EstimatedCall.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());

describe('a better figure', () => {
  it('posts the difference as a new revision, and frees the hold', async () => {
    expect(await stage.figures.post(stage.call, reportOf('0.4'))).toEqual({
      state: 'posted',
      revision: 2,
      difference: '0.15',
      providerDifference: '0.15',
    });
    expect(await stage.revisions()).toEqual([
      [1, '0.25', '0.25', 'estimate'],
      [2, '0.4', '0.4', 'provider_report'],
    ]);
    expect(await stage.moved()).toEqual({
      [`wallet:${stage.organization}`]: '-0.4',
      revenue: '0.4',
      'provider_cost:openai': '0.4',
      'provider_payable:openai': '-0.4',
    });
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.4', leased: '0' });
    expect(await quotaOf(stage.rows, stage.budget)).toMatchObject({ spent: '0.4', leased: '0' });
    expect(
      await stage.rows.query('SELECT id FROM overrun WHERE call_id = $1', [stage.call]),
    ).toEqual([]);
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('that is lower gives the difference back', async () => {
    await stage.figures.post(stage.call, reportOf('0'));
    expect(await stage.moved()).toMatchObject({
      [`wallet:${stage.organization}`]: '0',
      revenue: '0',
    });
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0', leased: '0' });
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('that is the same confirms the estimate, and moves nothing', async () => {
    expect(await stage.figures.post(stage.call, reportOf('0.25'))).toMatchObject({
      revision: 2,
      difference: '0',
    });
    const transactions = await stage.rows.query(
      'SELECT id FROM ledger_transaction WHERE source = $1',
      [stage.call],
    );
    expect(transactions).toHaveLength(1);
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.25', leased: '0' });
  });

  it('can cost no more than what was set aside without being put on record', async () => {
    await stage.figures.post(stage.call, reportOf('1'));
    expect(
      await stage.rows.query('SELECT id FROM overrun WHERE call_id = $1', [stage.call]),
    ).toEqual([]);
    await stage.estimate(`more_${stage.call}`, '0.25');
    await stage.figures.post(`more_${stage.call}`, reportOf('1.5'));
    const found = await stage.rows.query(
      `SELECT quota_id, kind, trim_scale(amount)::text AS amount FROM overrun WHERE call_id = $1 AND kind = 'overrun'
       ORDER BY 1`,
      [`more_${stage.call}`],
    );
    expect(found).toEqual([
      { quota_id: stage.budget, kind: 'overrun', amount: '1.25' },
      { quota_id: stage.wallet, kind: 'overrun', amount: '1.25' },
    ]);
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('corrects the request log and the hour, and marks the estimate', async () => {
    await stage.figures.post(stage.call, reportOf('0.4'));
    const [log] = await stage.rows.query(
      `SELECT trim_scale(cost)::text AS cost, cost_basis, prompt_tokens, completion_tokens FROM request_log
       WHERE call_id = $1`,
      [stage.call],
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
      const found = await stage.rows.query(`SELECT * FROM ${table} WHERE organization_id = $1`, [
        stage.organization,
      ]);
      expect(found).toMatchObject([expected]);
    }
    const [estimate] = await stage.rows.query(
      'SELECT reconciliation, reconciled_at FROM usage_event WHERE call_id = $1 AND revision = 1',
      [stage.call],
    );
    expect(estimate).toMatchObject({ reconciliation: 'generation endpoint' });
    expect(estimate?.['reconciled_at']).toBeInstanceOf(Date);
  });

  it('of the provider’s bill alone moves the provider’s accounts only', async () => {
    const { usage: _usage, ...bill } = reportOf('0.3');
    expect(await stage.figures.post(stage.call, bill)).toMatchObject({
      difference: '0',
      providerDifference: '0.05',
    });
    expect(await stage.moved()).toEqual({
      [`wallet:${stage.organization}`]: '-0.25',
      revenue: '0.25',
      'provider_cost:openai': '0.3',
      'provider_payable:openai': '-0.3',
    });
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.25', leased: '0' });
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('of a call with own credentials moves budgets, and nobody’s money', async () => {
    await stage.process.lease([[stage.budget, '1']]);
    const own = `own_${stage.call}`;
    await stage.estimate(own, '0.25', { charged: false });
    await stage.figures.post(own, reportOf('0.5'));
    expect(await quotaOf(stage.rows, stage.budget)).toMatchObject({ spent: '0.75' });
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.25' });
    expect(
      await stage.rows.query('SELECT id FROM ledger_transaction WHERE source = $1', [own]),
    ).toEqual([]);
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('counts in no window but its own', async () => {
    const [daily, yesterday] = await stage.leasedYesterday();
    await stage.estimate(`d_${stage.call}`, '0.25', {}, [
      [daily, yesterday, '1', '0.25', '0.25', '0.75'],
    ]);
    await stage.nextDay(daily);
    await stage.figures.post(`d_${stage.call}`, reportOf('0.4'));
    expect(await quotaOf(stage.rows, daily)).toMatchObject({ spent: '0', leased: '0.1' });
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.65' });
    expect(await faultsOf(stage.rows)).toEqual([]);
  });
});
