import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { SETTLEMENT_INVARIANTS } from '../../src/billing/audit/invariants/settlement.js';
import { MoneyAdminModule } from '../../src/billing/wallets/money-admin.module.js';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { newKey } from '../support/money-api.js';
import { insertModel } from '../support/offer-rows.js';

const DAY = '2026-01-02';
let api: AdminApi;
let organization: TestOrganization;
let provider: string;
let model: string;
let count = 0;

beforeAll(async () => {
  jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  api = await startAdminApi({ more: [MoneyAdminModule] });
  organization = await api.makeOrganization();
}, 60_000);
afterAll(async () => {
  await api.close();
  jest.restoreAllMocks();
});

/** Each test has a provider of its own, whose bill has 0.25 USD that nobody booked. */
beforeEach(async () => {
  provider = `provider-${++count}`;
  model = `vendor/m-${count}`;
  await insertModel(api.rows, model, [provider]);
  await bill('0.25');
});

const bill = (amount: string) =>
  api.operator.post(
    '/admin/v1/reconciliations',
    { provider_id: provider, lines: [{ day: DAY, model, amount }] },
    newKey(),
  );
const accept = (more: object = {}, headers: Readonly<Record<string, string>> = newKey()) =>
  api.operator.post(
    '/admin/v1/suspense-acceptances',
    {
      provider_id: provider,
      day: DAY,
      model,
      amount: '0.25',
      reason: 'Old system',
      ...more,
    },
    headers,
  );
const list = async (query = `provider_id=${provider}`) =>
  (await api.operator.get(`/admin/v1/suspense-items?${query}`)).body;

/** What bills and acceptances of the provider have moved, by account. */
async function moved(): Promise<Record<string, unknown>> {
  const rows = await api.rows.query(
    `SELECT account, trim_scale(sum(amount))::text AS amount FROM posting
       JOIN ledger_transaction AS t ON t.id = transaction_id WHERE source LIKE $1 || '/%' GROUP BY 1`,
    [provider],
  );
  return Object.fromEntries(rows.map(({ account, amount }) => [account, amount]));
}

describe('a difference in suspense', () => {
  it('is listed until it is accepted, and is then the provider’s cost', async () => {
    const item = {
      object: 'suspense_item',
      id: `${provider}/${DAY}/${model}`,
      provider_id: provider,
      day: DAY,
      model,
      amount: '0.25',
      since: expect.stringMatching(/Z$/),
    };
    expect(await list()).toEqual({
      object: 'list',
      data: [item],
      has_more: false,
      next_cursor: null,
    });
    const { status, body } = await accept();
    expect([status, body]).toEqual([
      201,
      {
        object: 'suspense_acceptance',
        id: `lt_acceptance_${provider}/${DAY}/${model}_1`,
        provider_id: provider,
        day: DAY,
        model,
        amount: '0.25',
        reason: 'Old system',
      },
    ]);
    expect(await list()).toMatchObject({ data: [] });
    expect(await moved()).toEqual({
      suspense: '0',
      [`provider_cost:${provider}`]: '0.25',
      [`provider_payable:${provider}`]: '-0.25',
    });
    const kept = await api.rows.query(
      'SELECT reason FROM suspense_acceptance WHERE transaction_id = $1',
      [body.id],
    );
    expect(kept).toEqual([{ reason: 'Old system' }]);
  });

  it('is accepted once for an Idempotency-Key, and a later difference by itself', async () => {
    const key = newKey();
    const first = await accept({}, key);
    expect((await accept({}, key)).body).toEqual(first.body);
    expect((await accept({ reason: 'Other' }, key)).status).toBe(409);
    await bill('0.2');
    expect(await list()).toMatchObject({ data: [{ amount: '-0.05' }] });
    expect((await accept({ amount: '-0.05' })).body).toMatchObject({ amount: '-0.05' });
    expect(await moved()).toMatchObject({
      suspense: '0',
      [`provider_cost:${provider}`]: '0.2',
      [`provider_payable:${provider}`]: '-0.2',
    });
  });

  it.each([
    ['another amount', { amount: '0.2' }, 409],
    ['another day', { day: '2026-01-03' }, 404],
    ['another model', { model: 'gone' }, 404],
    ['no model', { model: undefined }, 404],
    ['nothing', { amount: '0' }, 400],
    ['13 decimals', { amount: '0.2500000000001' }, 400],
    ['another currency', { amount: '0.25 EUR' }, 400],
    ['no reason', { reason: undefined }, 400],
    ['no day', { day: '2. 1.' }, 400],
  ])('is not accepted as %s, and nothing changes', async (_what, wrong, status) => {
    expect((await accept(wrong)).status).toBe(status);
    expect(await moved()).toMatchObject({ suspense: '0.25' });
  });

  it('needs an Idempotency-Key and an operator', async () => {
    expect((await accept({}, {})).status).toBe(400);
    const body = { provider_id: provider, day: DAY, amount: '0.25', reason: 'x' };
    const owner = organization.as('owner');
    expect((await owner.post('/admin/v1/suspense-acceptances', body, newKey())).status).toBe(403);
    expect((await owner.get('/admin/v1/suspense-items')).status).toBe(403);
    expect(await moved()).toMatchObject({ suspense: '0.25' });
  });

  it('two who accept it at once accept it once', async () => {
    const answers = await Promise.all([accept(), accept(), accept()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 404, 404]);
    expect(await moved()).toMatchObject({ suspense: '0', [`provider_cost:${provider}`]: '0.25' });
  });

  it('is what I10 waits for', async () => {
    const [{ sql } = { sql: '' }] = SETTLEMENT_INVARIANTS.filter(({ id }) => id === 'I10');
    const shorter = sql.replace('35 days', '-1 days');
    const open = async () => {
      const rows = await api.rows.query(shorter, ['-infinity']);
      return rows.filter(({ subject }) => String(subject).startsWith(`${provider}/`)).length;
    };
    expect(await open()).toBe(1);
    await accept();
    expect(await open()).toBe(0);
  });

  it('is listed by pages', async () => {
    const page = await list('limit=1');
    expect(page).toMatchObject({ has_more: true });
    const next = await list(`limit=200&cursor=${String(page.next_cursor)}`);
    const ids = [...page.data, ...next.data].map(({ id }: { id: string }) => id);
    expect(ids).toContain(`${provider}/${DAY}/${model}`);
    expect(new Set(ids).size).toBe(ids.length);
    expect((await api.operator.get('/admin/v1/suspense-items?cursor=x')).status).toBe(400);
  });
});
