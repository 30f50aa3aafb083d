import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AdminApi, TestOrganization } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { booksOf, move, postCall, startMoneyApi } from '../support/money-api.js';
import { faultsOf } from '../support/quotas.js';

let api: AdminApi;
let ours: TestOrganization;
let theirs: TestOrganization;
beforeAll(async () => {
  api = await startMoneyApi();
  theirs = await api.makeOrganization('theirs');
});
beforeEach(async () => {
  ours = await api.makeOrganization('ours');
});
afterAll(async () => {
  expect(await faultsOf(api.rows)).toEqual([]);
  await api.close();
});

const balance = async (): Promise<unknown> =>
  (await api.operator.get(`${ours.path}/wallet`)).body.balance;

describe('a refund', () => {
  const refund = (body: object) =>
    move(api.operator, ours, 'refunds', { reason: 'It was wrong', ...body });

  it('gives back what a call was charged, in parts, never more', async () => {
    const call = await postCall(api.rows, ours, '0.5');
    const answer = await refund({ call_id: call, amount: '0.2' });
    expect(answer.body).toMatchObject({
      kind: 'refund',
      amount: '0.2',
      call_id: call,
      note: 'It was wrong',
      postings: [
        { account: `wallet:${ours.id}`, amount: '0.2' },
        { account: 'revenue', amount: '-0.2' },
      ],
    });
    const before = await booksOf(api.rows, ours);
    const above = await refund({ call_id: call, amount: '0.300000000001' });
    expect([verdictOf(above), above.body.error.param]).toEqual(['400 invalid_parameter', 'amount']);
    expect(above.body.error.message).toContain('0.3 USD');
    expect(await booksOf(api.rows, ours)).toEqual(before);
    expect((await refund({ call_id: call, amount: '0.3' })).status).toBe(201);
    expect(await balance()).toBe('0');
  });

  it('of one call asked for twice at once is given once', async () => {
    const call = await postCall(api.rows, ours, '1');
    const asked = await Promise.all(
      Array.from({ length: 4 }, () => refund({ call_id: call, amount: '0.6' })),
    );
    expect(asked.map(verdictOf).toSorted()).toEqual([
      '201',
      ...Array.from({ length: 3 }, () => '400 invalid_parameter'),
    ]);
    expect(await balance()).toBe('-0.4');
  });

  it('of a top-up takes it out of the wallet, in parts, never more', async () => {
    const { body: topUp } = await move(api.operator, ours, 'top-ups', { amount: '10' });
    const part = { transaction_id: topUp.id, amount: '6' };
    const asked = await Promise.all([refund(part), refund(part)]);
    expect(asked.map(verdictOf).toSorted()).toEqual(['201', '400 invalid_parameter']);
    const made = asked.find(({ status }) => status === 201)?.body;
    expect(made).toMatchObject({
      kind: 'top_up_refund',
      amount: '-6',
      refunded_transaction_id: topUp.id,
    });
    expect(await balance()).toBe('4');
    expect((await refund({ transaction_id: topUp.id, amount: '4' })).status).toBe(201);
    const [clearing] = await api.rows.query(
      `SELECT trim_scale(sum(amount))::text AS amount FROM posting WHERE account = 'top_up_clearing'
       AND transaction_id IN (SELECT id FROM ledger_transaction WHERE organization_id = $1)`,
      [ours.id],
    );
    expect(clearing).toEqual({ amount: '0' });
  });

  it('finds nothing of others, nor what is no top-up or no call', async () => {
    const theirCall = await postCall(api.rows, theirs, '1');
    const { body: theirTopUp } = await move(api.operator, theirs, 'top-ups', { amount: '1' });
    const { body: promotion } = await move(api.operator, ours, 'promotions', { amount: '1' });
    const before = [await booksOf(api.rows, ours), await booksOf(api.rows, theirs)];
    for (const [param, id] of [
      ['call_id', theirCall],
      ['call_id', 'tx_osm_nowhere'],
      ['transaction_id', theirTopUp.id],
      ['transaction_id', promotion.id],
    ] as const) {
      const answer = await refund({ [param]: id, amount: '1' });
      expect([verdictOf(answer), answer.body.error.param]).toEqual([
        '404 resource_not_found',
        param,
      ]);
    }
    expect([await booksOf(api.rows, ours), await booksOf(api.rows, theirs)]).toEqual(before);
  });

  it('gives nothing for a call that was not charged', async () => {
    const call = await postCall(api.rows, ours, '0');
    expect(verdictOf(await refund({ call_id: call, amount: '0.000000000001' }))).toBe(
      '400 invalid_parameter',
    );
  });
});
