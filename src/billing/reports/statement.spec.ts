import { describe, expect, it } from '@jest/globals';
import { monthOf, statementOf, statementRows, type WalletChange } from './statement.js';
import { Amount } from './csv.js';

const NOW = new Date('2026-03-10T08:30:00Z');

const change = (kind: string, amount: string, more: Partial<WalletChange> = {}): WalletChange => ({
  kind,
  model: '',
  count: 1n,
  amount,
  is_before: false,
  ...more,
});

describe('a month', () => {
  it('is one of the calendar, by UTC', () => {
    expect(monthOf('2025-12', NOW)).toEqual({
      name: '2025-12',
      since: new Date('2025-12-01T00:00:00Z'),
      until: new Date('2026-01-01T00:00:00Z'),
    });
    expect(monthOf('2026-03', NOW).name).toBe('2026-03');
  });

  it.each(['2026-04', '2026-00', '2026-13', '2026-1', '1999-01', '2026-01-01', ' 2026-01', ''])(
    'is not %j',
    (name) => {
      expect(() => monthOf(name, NOW)).toThrow(
        expect.objectContaining({ code: 'invalid_parameter', param: 'month' }),
      );
    },
  );
});

describe('a statement', () => {
  const changes = [
    change('usage', '-3', { is_before: true, model: 'm' }),
    change('top_up', '10', { is_before: true }),
    change('usage', '-0.000000000001', { model: 'm', count: 2n }),
    change('usage', '-1', { model: 'n' }),
    change('top_up_refund', '-2'),
    change('bonus', '0.5'),
  ];

  it('goes from what was before to what is after, by kind and model', () => {
    expect(statementOf('org_1', monthOf('2026-02', NOW), changes, NOW)).toMatchObject({
      id: 'org_1_2026-02',
      is_over: true,
      opening_balance: '7',
      lines: [
        { kind: 'usage', model: 'm', count: 2, amount: '-0.000000000001' },
        { kind: 'usage', model: 'n', count: 1, amount: '-1' },
        { kind: 'top_up_refund', model: null, count: 1, amount: '-2' },
        { kind: 'bonus', model: null, count: 1, amount: '0.5' },
      ],
      totals: {
        usage: '-1.000000000001',
        top_up: '0',
        promotion: '0',
        refund: '0',
        top_up_refund: '-2',
        adjustment: '0',
      },
      closing_balance: '4.499999999999',
    });
  });

  it('of this month is not over; of an empty wallet it is all zero', () => {
    expect(statementOf('org_1', monthOf('2026-03', NOW), [], NOW)).toMatchObject({
      is_over: false,
      opening_balance: '0',
      lines: [],
      closing_balance: '0',
    });
  });

  it('is CSV between its balances', () => {
    const rows = statementRows(statementOf('org_1', monthOf('2026-02', NOW), changes, NOW));
    expect(rows[0]).toEqual(['opening_balance', null, null, new Amount('7')]);
    expect(rows[1]).toEqual(['usage', 'm', 2, new Amount('-0.000000000001')]);
    expect(rows.at(-1)).toEqual(['closing_balance', null, null, new Amount('4.499999999999')]);
  });
});
