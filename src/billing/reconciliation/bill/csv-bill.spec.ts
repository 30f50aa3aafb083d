import { describe, expect, it } from '@jest/globals';
import { parseUsd } from '../../../core/money.js';
import { readCsvBill } from './csv-bill.js';
import { readAnthropicCostReport, readOpenAiCosts } from './provider-reports.js';

const LINES =
  'Model,day,project,amount\r\n"gpt, ""4""",2026-01-31,p,0.1\r\n\r\nb,2026-02-01,,-2\r\n';
const GOOD = `${LINES},total,,-1.9\r\n`;

describe('a bill as CSV', () => {
  it('has its columns in any order, quotes, empty lines and credits', () => {
    expect(readCsvBill(`\uFEFF${GOOD}`)).toEqual([
      { day: '2026-01-31', item: 'gpt, "4"', amount: parseUsd('0.1'), line: 2 },
      { day: '2026-02-01', item: 'b', amount: parseUsd('-2'), line: 4 },
    ]);
  });

  it('has at most twelve digits on either side of a point', () => {
    const of = (amount: string) => `day,model,amount\n2026-01-31,m,${amount}\ntotal,,${amount}\n`;
    const most = '999999999999.999999999999';
    for (const amount of [most, `-${most}`])
      expect(readCsvBill(of(amount))).toMatchObject([{ amount: parseUsd(amount) }]);
    for (const amount of ['1000000000000', '-1000000000000', '9'.repeat(26), '0.0000000000001'])
      expect(() => readCsvBill(of(amount))).toThrow('line 2: ');
  });

  it('ends with its total, and with nothing behind it', () => {
    expect(() => readCsvBill(LINES)).toThrow('line 4: no total follows');
    expect(() => readCsvBill(`${LINES},total,,-1.8\n`)).toThrow('line 5: the total is -1.8');
    expect(() => readCsvBill(`${GOOD}b,2026-02-01,,-2\n`)).toThrow('after the total');
    expect(() => readCsvBill('day,model,amount\ntotal,,0\n')).toThrow('line 1: names no day');
  });

  it('may name its currency, which is no other than the dollar', () => {
    const of = (currency: string) =>
      `day,model,amount,Currency\n2026-01-31,m,1,${currency}\ntotal,,1,usd\n`;
    for (const known of ['USD', 'usd', ' Usd ']) expect(readCsvBill(of(known))).toHaveLength(1);
    for (const other of ['EUR', '', '$'])
      expect(() => readCsvBill(of(other))).toThrow('line 2: is not in USD');
  });

  it('is never taken where anything of it was cut, also whole lines', () => {
    for (let end = 0; end < GOOD.length; end++) {
      if (end === GOOD.length - '\r\n'.length) continue;
      expect(() => readCsvBill(GOOD.slice(0, end))).toThrow(/^line \d+: /);
    }
  });

  it('needs no line end behind its total: shells take it away', () => {
    expect(readCsvBill(GOOD.trimEnd())).toEqual(readCsvBill(GOOD));
    expect(() => readCsvBill(LINES.trimEnd())).toThrow('line 4: does not end');
  });
});

describe('a report of OpenAI', () => {
  const page = (result: string, more = '"has_more": false, "next_page": null'): string =>
    `{"object": "page", "data": [{"object": "bucket", "start_time": 1730419200, "end_time": 1730505600,
      "results": [${result}]}], ${more}}`;
  const cost = (value: string): string =>
    `{"object": "organization.costs.result", "amount": {"value": ${value}, "currency": "usd"},
      "line_item": "gpt-4o-2024-08-06, input", "project_id": null}`;

  it.each([
    ['0.06', '0.06'],
    ['0.1234567890123456', '0.123456789012'],
    ['1.5e-7', '0.00000015'],
    ['12', '12'],
  ])('gives %s dollars exactly', (value, expected) => {
    expect(readOpenAiCosts(page(cost(value)))).toEqual({
      items: [
        { day: '2024-11-01', item: 'gpt-4o-2024-08-06', amount: parseUsd(expected), line: 1 },
      ],
      days: ['2024-11-01'],
      nextPage: undefined,
    });
  });

  it('is also about a day that it bills at nothing', () => {
    expect(readOpenAiCosts(page(''))).toEqual({
      items: [],
      days: ['2024-11-01'],
      nextPage: undefined,
    });
  });

  it('goes on at its next page', () => {
    const { nextPage } = readOpenAiCosts(page('', '"has_more": true, "next_page": "p2"'));
    expect(nextPage).toBe('p2');
  });

  it.each([
    ['no JSON', '{"data": ['],
    ['no report', '{"error": {"message": "no"}}'],
    ['an empty bucket of no day', '{"data": [{"results": []}], "has_more": false}'],
    ['no amount', page('{"amount": {"currency": "usd"}}')],
    ['another currency', page(cost('1').replace('usd', 'eur'))],
    ['no next page', page('', '"has_more": true')],
  ])('with %s is refused', (_name, text) => {
    expect(() => readOpenAiCosts(text)).toThrow(/^line 1: /);
  });
});

it('a report of Anthropic is in cents', () => {
  const result = { currency: 'USD', amount: '123.78912', model: 'claude-x', description: 'Input' };
  const search = { currency: 'USD', amount: '1', model: null, cost_type: 'web_search' };
  const data = [
    { starting_at: '2026-01-31T00:00:00Z', results: [result, search] },
    { starting_at: '2026-02-01T00:00:00Z', results: [] },
  ];
  expect(readAnthropicCostReport(JSON.stringify({ data, has_more: false }))).toEqual({
    items: [
      { day: '2026-01-31', item: 'claude-x', amount: parseUsd('1.2378912'), line: 1 },
      { day: '2026-01-31', item: '', amount: parseUsd('0.01'), line: 2 },
    ],
    days: ['2026-01-31', '2026-02-01'],
    nextPage: undefined,
  });
});
