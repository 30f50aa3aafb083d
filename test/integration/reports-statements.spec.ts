import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReportsModule } from '../../src/billing/reports/reports.module.js';
import { MoneyAdminModule } from '../../src/billing/wallets/money-admin.module.js';
import { formatUsd, parseUsd } from '../../src/core/money.js';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { move, postCall } from '../support/money-api.js';
import { DAY, inOneWindow } from '../support/one-window.js';

const JANUARY = Date.UTC(2026, 0, 31, 23, 59, 59, 999);

let api: AdminApi;
let a: TestOrganization;
let b: TestOrganization;
/** In which everything was moved that is not of January. */
let month: string;

beforeAll(async () => {
  api = await startAdminApi({ more: [MoneyAdminModule, ReportsModule], rowSecurity: false });
  await inOneWindow(DAY, book)();
});
afterAll(() => api.close());

/** Calls around the end of January, and of one later month everything that moves a wallet. */
async function book(): Promise<void> {
  a = await api.makeOrganization('a');
  b = await api.makeOrganization('b');
  await postCall(api.rows, a, '0.1', { startedAt: JANUARY });
  await postCall(api.rows, a, '0.000000000001', { startedAt: JANUARY + 1 });
  await postCall(api.rows, b, '100', { startedAt: JANUARY });
  const call = await postCall(api.rows, a, '2', { startedAt: Date.now() });
  await api.rows.query('SELECT true_up($1, $2::jsonb)', [
    call,
    JSON.stringify({ rank: 'provider_report', amount: '1.5', lines: [], units: {} }),
  ]);
  const moved = [
    await move(api.operator, a, 'top-ups', { amount: '50', external_id: `pi_${a.id}` }),
    await move(api.operator, a, 'promotions', { amount: '5' }),
    await move(api.operator, a, 'refunds', { call_id: call, amount: '0.5', reason: 'late' }),
    await move(api.operator, a, 'adjustments', { amount: '-0.25', reason: 'counted twice' }),
  ];
  expect(moved.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  const back = { transaction_id: moved[0]?.body.id, amount: '7', reason: 'sent back' };
  expect((await move(api.operator, a, 'refunds', back)).status).toBe(201);
  const months = await api.rows.query(
    `SELECT DISTINCT to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month FROM ledger_transaction
     WHERE organization_id = $1 AND occurred_at >= '2026-03-01' ORDER BY 1`,
    [a.id],
  );
  expect(months).toHaveLength(1);
  month = String(months[0]?.['month']);
}

const statement = async (of: string, { path } = a) =>
  (await a.as('billing').get(`${path}/statements/${of}`)).body;

describe('a monthly statement', () => {
  it('has what moved the wallet, by kind and model', async () => {
    expect(await statement(month)).toMatchObject({
      object: 'statement',
      organization_id: a.id,
      month,
      currency: 'USD',
      opening_balance: '-0.100000000001',
      lines: [
        { kind: 'usage', model: 'm', count: 1, amount: '-1.5' },
        { kind: 'adjustment', model: null, count: 1, amount: '-0.25' },
        { kind: 'promotion', model: null, count: 1, amount: '5' },
        { kind: 'refund', model: null, count: 1, amount: '0.5' },
        { kind: 'top_up', model: null, count: 1, amount: '50' },
        { kind: 'top_up_refund', model: null, count: 1, amount: '-7' },
      ],
      totals: {
        usage: '-1.5',
        top_up: '50',
        promotion: '5',
        refund: '0.5',
        top_up_refund: '-7',
        adjustment: '-0.25',
      },
      closing_balance: '46.649999999999',
    });
  });

  it('closes with the balance of the wallet', async () => {
    const { closing_balance } = await statement(month);
    const { body } = await a.as('billing').get(`${a.path}/wallet`);
    expect(closing_balance).toBe(body.balance);
    const [ledger] = await api.rows.query(
      `SELECT trim_scale(sum(amount))::text AS balance FROM posting WHERE account = 'wallet:' || $1`,
      [a.id],
    );
    expect(closing_balance).toBe(ledger?.['balance']);
  });

  it(
    'is over when its month is',
    inOneWindow(DAY, async () => {
      const thisMonth = new Date().toISOString().slice(0, 7);
      expect((await statement(thisMonth)).is_over).toBe(false);
      expect((await statement('2026-01')).is_over).toBe(true);
    }),
  );

  it('opens with what the one before closed with, and adds up', async () => {
    const months = ['2025-12', '2026-01', '2026-02', '2026-03'];
    const statements = await Promise.all(months.map((one) => statement(one)));
    const closing = ['0', '-0.1', '-0.100000000001', '-0.100000000001'];
    expect(statements.map((one) => one.closing_balance)).toEqual(closing);
    expect(statements.map((one) => one.opening_balance)).toEqual(['0', ...closing.slice(0, 3)]);
    for (const one of statements) {
      const moved = one.lines.reduce(
        (sum: bigint, line: { amount: string }) => sum + parseUsd(line.amount),
        parseUsd(one.opening_balance),
      );
      expect(formatUsd(moved)).toBe(one.closing_balance);
    }
  });

  it('is CSV, too', async () => {
    const response = await fetch(`${api.url}${a.path}/statements/2026-02?format=csv`, {
      headers: { authorization: `Bearer ${a.members.viewer.token}` },
    });
    expect(response.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(await response.text()).toBe(
      'line,model,count,amount\r\nopening_balance,,,-0.1\r\nusage,m,1,-0.000000000001\r\n' +
        'closing_balance,,,-0.100000000001\r\n',
    );
  });

  it('is of this organization, and of a month that has begun', async () => {
    const other = await a.as('owner').get(`${b.path}/statements/2026-01`);
    expect(verdictOf(other)).toBe('404 resource_not_found');
    for (const wrong of ['2026-13', '2999-01', '2026', 'x']) {
      const { status, body } = await a.as('owner').get(`${a.path}/statements/${wrong}`);
      expect([wrong, status, body.error.param]).toEqual([wrong, 400, 'month']);
    }
  });
});
