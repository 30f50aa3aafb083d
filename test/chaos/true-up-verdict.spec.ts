import { describe, expect, it } from '@jest/globals';
import type { BookedCall, BookedEvent, BookedTransaction } from './books.js';
import { judgeTrueUp } from './true-up-verdict.js';
import type { Evidence } from './verdict.js';

const plan: Evidence['seen']['plan'] = {
  ...{ label: 'storm-1-000001', model: 'openrouter/gpt-4o', stream: true, tokens: 40 },
  ...{ maxTokens: 200, rate: 40, latency: 0, cached: 0, reasoning: 0, tellsUsage: true },
};
const seen: Evidence['seen'] = {
  plan,
  ...{ label: 'storm-1-000001', stream: true, fate: 'cut', startedAt: 0, endedAt: 1_000 },
  server: 'http://127.0.0.1:1',
  ...{ status: 200, callId: 'tx_osm_1', errorCode: undefined, usage: undefined },
  ...{ pieces: 12, recorded: 8, bytes: 4_000 },
};
const estimate: BookedEvent = {
  ...{ revision: 1, rank: 'estimate', promptTokens: 34, completionTokens: 12 },
  ...{ amount: 60n, lines: 60n, priced: 60n, charged: true, providerCost: 60n },
  ...{ inputBilled: 34, outputBilled: 12 },
};
const report: BookedEvent = {
  ...{ revision: 2, rank: 'provider_report', promptTokens: 34, completionTokens: 30 },
  ...{ amount: 140n, lines: 140n, priced: 140n, charged: true, providerCost: 70_000_000n },
  ...{ inputBilled: 34, outputBilled: 30 },
};
const moving = (revision: number, paid: bigint, owed: bigint): BookedTransaction => ({
  ...{ revision, wallet: -paid, revenue: paid, providerCost: owed, providerPayable: -owed },
});
const call: BookedCall = {
  ...{ callId: 'tx_osm_1', label: seen.label, outcome: 'interrupted', status: 500 },
  events: [estimate, report],
  transactions: [moving(1, 60n, 60n), moving(2, 80n, 69_999_940n)],
};
const counted: Evidence['tallied'][number] = {
  ...{ id: seen.label, answerId: 'chatcmpl-sbx1', protocol: 'openai', model: 'gpt-4o' },
  ...{ status: 200, promptTokens: 34, cachedTokens: 0, completionTokens: 30, reasoningTokens: 0 },
  ...{ stream: true, finished: false, aborted: true, startedAt: 0, reportedCost: '0.00007' },
};

const because = (booked: Partial<BookedCall>, tallied = counted): string | undefined =>
  judgeTrueUp({ seen, booked: [{ ...call, ...booked }], tallied: [tallied] })?.because;
const alone = { events: [estimate], transactions: [moving(1, 60n, 60n)] };

describe('judgeTrueUp', () => {
  it('finds nothing wrong with an estimate, nor with one that its provider has corrected', () => {
    expect(because({})).toBeUndefined();
    expect(because(alone)).toBeUndefined();
  });

  it('takes a client that left a gateway before it was killed for one that was cut off', () => {
    const evidence = { seen: { ...seen, fate: 'left' as const }, booked: [call] };
    expect(judgeTrueUp({ ...evidence, tallied: [counted] })).toBeUndefined();
  });

  it('takes a client that did not read its refusal to the end for one that was refused', () => {
    const nothing = { amount: 0n, lines: 0n, priced: 0n, providerCost: 0n, promptTokens: 0 };
    const none = { completionTokens: 0, inputBilled: 0, outputBilled: 0 };
    const free = { ...estimate, rank: 'final', ...nothing, ...none };
    const refused = { ...call, outcome: 'refused', events: [free], transactions: [] };
    const evidence = { seen: { ...seen, fate: 'left' as const }, tallied: [] };
    expect(judgeTrueUp({ ...evidence, booked: [refused] })).toBeUndefined();
    expect(
      judgeTrueUp({ ...evidence, booked: [{ ...alone, ...refused, ...alone }] }),
    ).toBeDefined();
  });

  it('needs no transaction where the estimate was right', () => {
    const same = { ...report, amount: 60n, lines: 60n, providerCost: 60n, completionTokens: 12 };
    const transactions = [moving(1, 60n, 60n)];
    const tally = { ...counted, completionTokens: 12, reportedCost: '0.00000000006' };
    expect(because({ events: [estimate, same], transactions }, tally)).toBeUndefined();
  });

  it('judges the first figure as any other', () => {
    expect(because({ ...alone, transactions: [moving(1, 61n, 60n)] })).toMatch(/not its amount/);
    expect(because({ ...alone, events: [{ ...estimate, rank: 'final' }] })).toMatch(/no estimate/);
  });

  it.each<[string, Partial<BookedEvent>]>([
    ['not what the provider counted', { completionTokens: 31 }],
    ['not what the provider counted', { promptTokens: 33 }],
    ['another amount than it told', { providerCost: 69_999_999n }],
    ['do not sum', { lines: 139n }],
    ['replaced by a final', { rank: 'final' }],
    ['not the difference', { amount: 141n, lines: 141n }],
  ])('calls wrong a better figure that is %s: %j', (what, fields) => {
    expect(because({ events: [estimate, { ...report, ...fields }] })).toContain(what);
  });

  it.each<[string, readonly BookedTransaction[]]>([
    ['the tenant', [moving(1, 60n, 60n), moving(2, 81n, 69_999_940n)]],
    ['the provider', [moving(1, 60n, 60n), moving(2, 80n, 69_999_941n)]],
    ['nobody', [moving(1, 60n, 60n)]],
  ])('calls wrong a true-up that moves another difference of %s', (_whom, transactions) => {
    expect(because({ transactions })).toContain('not the difference');
  });

  it('calls wrong what is trued up twice', () => {
    const again = { ...report, revision: 3 };
    expect(because({ events: [estimate, report, again] })).toContain('more than once');
  });
});
