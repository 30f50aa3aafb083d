import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AdminApi, TestOrganization } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { booksOf, move, newKey, startMoneyApi } from '../support/money-api.js';
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

describe('a movement', () => {
  it.each([
    ['top-ups', { amount: '10.50', external_id: 'pi_1', note: 'Invoice 7' }, 'top_up', '10.5'],
    [
      'promotions',
      { amount: '999999999999.999999999999' },
      'promotion',
      '999999999999.999999999999',
    ],
    ['adjustments', { amount: '-0.000000000001', reason: 'x' }, 'adjustment', '-0.000000000001'],
    ['adjustments', { amount: '0000.25', reason: 'x' }, 'adjustment', '0.25'],
  ] as const)(
    '%s %j is in ledger, wallet and audit log, exactly',
    async (route, body, kind, amount) => {
      const answer = await move(api.operator, ours, route, body);
      expect(answer.status).toBe(201);
      expect(answer.body).toMatchObject({
        object: 'wallet_transaction',
        id: expect.stringMatching(new RegExp(`^lt_${kind}_[0-9A-Z]{26}_1$`)),
        organization_id: ours.id,
        kind,
        amount,
        call_id: null,
        note: 'note' in body ? body.note : 'reason' in body ? body.reason : null,
        external_id: 'external_id' in body ? body.external_id : null,
      });
      const [wallet, counterpart] = answer.body.postings.toSorted((one: { account: string }) =>
        one.account.startsWith('wallet') ? -1 : 1,
      );
      expect(wallet).toEqual({ account: `wallet:${ours.id}`, amount });
      expect(counterpart.account).toBe(
        { top_up: 'top_up_clearing', promotion: 'promotion', adjustment: 'write_off' }[kind],
      );
      expect(await balance()).toBe(amount);
      const audited = await api.rows.query(
        'SELECT action, after FROM audit_entry WHERE organization_id = $1',
        [ours.id],
      );
      expect(audited).toEqual([{ action: `wallet.${kind}`, after: answer.body }]);
    },
  );

  it.each([
    ['top-ups', { amount: '-1' }, 'amount'],
    ['top-ups', { amount: '0' }, 'amount'],
    ['top-ups', { amount: '0.000' }, 'amount'],
    ['top-ups', { amount: '0.0000000000001' }, 'amount'],
    ['top-ups', { amount: '1e3' }, 'amount'],
    ['top-ups', { amount: 1 }, 'amount'],
    ['top-ups', { amount: '+1' }, 'amount'],
    ['top-ups', { amount: '1,00' }, 'amount'],
    ['top-ups', { amount: ' 1' }, 'amount'],
    ['top-ups', { amount: '1\n' }, 'amount'],
    ['top-ups', { amount: '١' }, 'amount'],
    ['top-ups', { amount: '1000000000000' }, 'amount'],
    ['top-ups', { amount: 'NaN' }, 'amount'],
    ['top-ups', {}, 'amount'],
    ['top-ups', { amount: '1', currency: 'EUR' }, 'currency'],
    ['top-ups', { amount: '1 EUR' }, 'amount'],
    ['top-ups', { amount: '1', external_id: 'a b' }, 'external_id'],
    ['top-ups', { amount: '1', external_id: '' }, 'external_id'],
    ['top-ups', { amount: '1', note: 'a\nb' }, 'note'],
    ['promotions', { amount: '-1' }, 'amount'],
    ['promotions', { amount: '1', external_id: 'x' }, 'external_id'],
    ['adjustments', { amount: '-0', reason: 'x' }, 'amount'],
    ['adjustments', { amount: '1' }, 'reason'],
    ['refunds', { call_id: 'tx_osm_1', amount: '-1', reason: 'x' }, 'amount'],
    ['refunds', { amount: '1', reason: 'x' }, 'call_id'],
    [
      'refunds',
      { call_id: 'tx_osm_1', transaction_id: 'lt_1', amount: '1', reason: 'x' },
      'call_id',
    ],
    ['refunds', { call_id: 'key_1', amount: '1', reason: 'x' }, 'call_id'],
  ] as const)('%s %j is refused and changes nothing', async (route, body, param) => {
    const before = await booksOf(api.rows, ours);
    const answer = await move(api.operator, ours, route, body);
    expect([verdictOf(answer), answer.body.error.param]).toEqual(['400 invalid_parameter', param]);
    expect(await booksOf(api.rows, ours)).toEqual(before);
  });

  it.each(['top-ups', 'promotions', 'adjustments', 'refunds'] as const)(
    '%s need an Idempotency-Key',
    async (route) => {
      const body = { amount: '1' };
      const reason = route === 'adjustments' || route === 'refunds' ? { reason: 'x' } : {};
      const call = route === 'refunds' ? { call_id: 'tx_osm_1' } : {};
      const answer = await move(api.operator, ours, route, { ...body, ...reason, ...call }, {});
      expect([verdictOf(answer), answer.body.error.param]).toEqual([
        '400 invalid_parameter',
        'Idempotency-Key',
      ]);
      expect(await balance()).toBe('0');
    },
  );

  it('with the same key is made once, one after the other and together; with another body not', async () => {
    const key = newKey();
    const asked = await Promise.all(
      Array.from({ length: 5 }, () => move(api.operator, ours, 'top-ups', { amount: '1' }, key)),
    );
    const again = await move(api.operator, ours, 'top-ups', { amount: '1' }, key);
    expect(new Set([...asked, again].map(({ body }) => body.id)).size).toBe(1);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = await move(api.operator, ours, 'top-ups', { amount: '2' }, key);
    expect(verdictOf(other)).toBe('409 idempotency_conflict');
    const elsewhere = await move(api.operator, ours, 'promotions', { amount: '1' }, key);
    expect(verdictOf(elsewhere)).toBe('409 idempotency_conflict');
    expect(await balance()).toBe('1');
  });

  it('credits an external payment once, whichever organization and key it comes with', async () => {
    const body = { amount: '5', external_id: `pi_${ours.id}` };
    const asked = await Promise.all([
      move(api.operator, ours, 'top-ups', body),
      move(api.operator, theirs, 'top-ups', body),
      move(api.operator, ours, 'top-ups', body),
    ]);
    const verdicts = asked.map(verdictOf).toSorted();
    expect(verdicts).toEqual(['201', '409 resource_conflict', '409 resource_conflict']);
    const late = await move(api.operator, ours, 'top-ups', { ...body, amount: '6' });
    expect([verdictOf(late), late.body.error.param]).toEqual([
      '409 resource_conflict',
      'external_id',
    ]);
    const [found] = await api.rows.query(
      `SELECT count(*)::int AS credited FROM ledger_transaction WHERE kind = 'top_up' AND source = $1`,
      [body.external_id],
    );
    expect(found).toEqual({ credited: 1 });
  });

  it('may take a wallet below zero: that is on record, and the next promotion fills it up', async () => {
    await move(api.operator, ours, 'adjustments', { amount: '-2', reason: 'chargeback' });
    const found = await api.rows.query(
      'SELECT kind, trim_scale(amount)::text AS amount FROM overrun WHERE quota_id = $1',
      [`credit:${ours.id}`],
    );
    expect(found).toEqual([{ kind: 'lowered', amount: '2' }]);
    await move(api.operator, ours, 'promotions', { amount: '3' });
    expect(await balance()).toBe('1');
  });
});

describe('what people said of a movement', () => {
  it.each([
    `UPDATE wallet_movement SET external_id = 'x'`,
    'DELETE FROM wallet_movement',
    'TRUNCATE wallet_movement',
  ])('stays: %s', async (sql) => {
    await move(api.operator, ours, 'top-ups', { amount: '1', note: 'n' });
    await expect(api.rows.query(sql)).rejects.toThrow(/append only/);
  });
});
