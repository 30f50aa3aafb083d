import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ROLES } from '../../src/core/admin.js';
import { ROUTES } from '../../src/tenants/access/route-table.js';
import type { AdminApi, TestOrganization } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { booksOf, move, newKey, postCall, startMoneyApi } from '../support/money-api.js';
import { faultsOf, quotaOf, TestProcess } from '../support/quotas.js';

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
afterAll(() => api.close());

const walletOf = async ({ path }: TestOrganization) =>
  (await api.operator.get(`${path}/wallet`)).body;

describe('a wallet', () => {
  it('is empty before anything was given, and has what was given, leased and spent', async () => {
    const empty = await ours.as('billing').get(`${ours.path}/wallet`);
    expect(empty.body).toEqual({
      object: 'wallet',
      id: `credit:${ours.id}`,
      organization_id: ours.id,
      balance: '0',
      credit_limit: '0',
      leased: '0',
      spendable: '0',
      version: 1,
    });
    expect(empty.headers.get('etag')).toBe('"1"');
    await move(api.operator, ours, 'top-ups', { amount: '10' });
    await api.operator.patch(`${ours.path}/wallet`, { credit_limit: '2.50' });
    await postCall(api.rows, ours, '0.000000000001');
    const process = await TestProcess.register(api.rows, `leasing ${ours.id}`);
    await process.lease([[`credit:${ours.id}`, '3']]);
    expect(await walletOf(ours)).toMatchObject({
      balance: '9.999999999999',
      credit_limit: '2.5',
      leased: '3',
      spendable: '9.499999999999',
    });
  });

  it('lets a credit limit be set below what is overdrawn: nothing is spendable, and it is on record', async () => {
    await api.operator.patch(`${ours.path}/wallet`, { credit_limit: '5' });
    await postCall(api.rows, ours, '4');
    const answer = await api.operator.patch(`${ours.path}/wallet`, { credit_limit: '1' });
    expect(answer.body).toMatchObject({
      balance: '-4',
      credit_limit: '1',
      spendable: '0',
      version: 3,
    });
    const found = await api.rows.query(
      `SELECT kind, trim_scale(amount)::text AS amount FROM overrun WHERE quota_id = $1 AND kind = 'lowered'`,
      [`credit:${ours.id}`],
    );
    expect(found).toEqual([{ kind: 'lowered', amount: '3' }]);
    expect(await faultsOf(api.rows)).toEqual([]);
  });

  it.each(['-1', '1e3', '0.0000000000001', '1,5', 'NaN', 'Infinity', '', '1234567890123', 5, null])(
    'takes no credit limit such as %j',
    async (creditLimit) => {
      const before = await booksOf(api.rows, ours);
      const answer = await api.operator.patch(`${ours.path}/wallet`, { credit_limit: creditLimit });
      expect([verdictOf(answer), answer.body.error.param]).toEqual([
        '400 invalid_parameter',
        'credit_limit',
      ]);
      expect(await booksOf(api.rows, ours)).toEqual(before);
    },
  );

  it('is not changed by somebody who saw another version', async () => {
    await api.operator.patch(`${ours.path}/wallet`, { credit_limit: '1' });
    const late = await api.operator.patch(
      `${ours.path}/wallet`,
      { credit_limit: '2' },
      { 'if-match': '"1"' },
    );
    expect(verdictOf(late)).toBe('412 precondition_failed');
    expect((await quotaOf(api.rows, `credit:${ours.id}`)).cap).toBe('0');
    expect((await walletOf(ours)).credit_limit).toBe('1');
  });

  it('leaves an entry in the audit log', async () => {
    await api.operator.patch(`${ours.path}/wallet`, { credit_limit: '1' });
    const found = await api.rows.query(
      `SELECT action, before->>'credit_limit' AS before, after->>'credit_limit' AS after FROM audit_entry
       WHERE organization_id = $1`,
      [ours.id],
    );
    expect(found).toEqual([{ action: 'wallet.update', before: '0', after: '1' }]);
  });
});

describe('who may touch a wallet', () => {
  it('everybody who reads money reads it; developers do not', async () => {
    for (const role of ROLES) {
      const expected = role === 'developer' ? '403 role_not_allowed' : '200';
      for (const path of ['wallet', 'wallet/transactions', 'budgets', 'budget-alerts'])
        expect(verdictOf(await ours.as(role).get(`${ours.path}/${path}`))).toBe(expected);
    }
  });

  it('operators alone move it', async () => {
    const before = await booksOf(api.rows, ours);
    for (const role of ROLES) {
      const client = ours.as(role);
      for (const kind of ['top-ups', 'promotions', 'adjustments', 'refunds'] as const)
        expect(verdictOf(await move(client, ours, kind, { amount: '1' }))).toBe(
          '403 role_not_allowed',
        );
      const patched = await client.patch(`${ours.path}/wallet`, { credit_limit: '1' });
      expect(verdictOf(patched)).toBe('403 role_not_allowed');
    }
    expect(await booksOf(api.rows, ours)).toEqual(before);
  });

  it('to others it does not exist', async () => {
    const stranger = theirs.as('owner');
    const answers = [
      await stranger.get(`${ours.path}/wallet`),
      await stranger.get(`${ours.path}/wallet/transactions`),
      await stranger.patch(`${ours.path}/wallet`, { credit_limit: '1' }),
      await move(stranger, ours, 'top-ups', { amount: '1' }),
      await api.operator.get('/admin/v1/organizations/org_nowhere/wallet'),
      await api.operator.post(
        '/admin/v1/organizations/org_nowhere/wallet/top-ups',
        { amount: '1' },
        newKey(),
      ),
    ];
    for (const answer of answers) expect(verdictOf(answer)).toBe('404 resource_not_found');
  });
});

describe('payment webhooks', () => {
  it('there are none, so none can be forged with an empty secret', async () => {
    expect(Object.keys(ROUTES).filter((route) => /hook|stripe|payment/i.test(route))).toEqual([]);
    for (const path of ['/webhooks/stripe', '/api/stripe/webhook', '/admin/v1/webhooks/payments'])
      expect((await api.operator.post(path, {}, { 'stripe-signature': '' })).status).toBe(404);
  });
});
