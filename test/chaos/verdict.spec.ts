import { describe, expect, it } from '@jest/globals';
import type { TallyEntry } from '../../src/sandbox/tally.js';
import type { BookedCall, BookedEvent, BookedTransaction } from './books.js';
import type { CallPlan } from './call-plan.js';
import type { CallSeen } from './call-sight.js';
import { judge } from './verdict.js';

/** Its message has 32 tokens by the estimate; of its answer, 10 tokens are estimated to be 12, 30 to be 40. */
const plan: CallPlan = {
  ...{ label: 'kill-1-000001', model: 'sandbox-small', stream: true, tokens: 30, maxTokens: 200 },
  ...{ rate: 30, latency: 0, cached: 0, reasoning: 0 },
};
const seen: CallSeen = {
  plan,
  label: 'kill-1-000001',
  stream: true,
  fate: 'complete',
  startedAt: 0,
  endedAt: 1_000,
  server: 'http://127.0.0.1:1',
  status: 200,
  callId: 'tx_osm_1',
  errorCode: undefined,
  usage: { promptTokens: 32, completionTokens: 30, cost: 140n },
  pieces: 31,
  recorded: 0,
  bytes: 9_000,
};
const event: BookedEvent = {
  revision: 1,
  rank: 'final',
  promptTokens: 32,
  completionTokens: 30,
  amount: 140n,
  lines: 140n,
  priced: 140n,
  inputBilled: 32,
  outputBilled: 30,
  charged: true,
  providerCost: 140n,
};
/** The figures of an event whose bill is right. */
const used = (promptTokens: number, completionTokens: number, amount: bigint) => ({
  ...{ promptTokens, completionTokens, inputBilled: promptTokens, outputBilled: completionTokens },
  ...{ amount, lines: amount, priced: amount, providerCost: amount },
});
const taking = (amount: bigint): BookedTransaction => ({
  revision: 1,
  wallet: -amount,
  revenue: amount,
  providerCost: amount,
  providerPayable: -amount,
});
const call: BookedCall = {
  callId: 'tx_osm_1',
  label: 'kill-1-000001',
  outcome: 'completed',
  status: 200,
  events: [event],
  transactions: [taking(140n)],
};
const counted: TallyEntry = {
  id: 'kill-1-000001',
  answerId: 'chatcmpl-sbx00000001',
  protocol: 'openai',
  model: 'sandbox-small',
  status: 200,
  promptTokens: 32,
  cachedTokens: 0,
  completionTokens: 30,
  reasoningTokens: 0,
  stream: true,
  finished: true,
  aborted: false,
  startedAt: 0,
};
const estimate: BookedCall = {
  ...call,
  outcome: 'interrupted',
  events: [
    {
      ...event,
      rank: 'estimate',
      ...used(32, 10, 60n),
    },
  ],
  transactions: [taking(60n)],
};

function charge(
  what: Partial<CallSeen>,
  booked: readonly BookedCall[],
  tallied: readonly TallyEntry[] = [counted],
): string | undefined {
  return judge({ seen: { ...seen, ...what }, booked, tallied })?.charge;
}

describe('judge', () => {
  it('finds no fault with a call that is booked as it was seen and counted', () => {
    expect(charge({}, [call])).toBeUndefined();
  });

  it('finds none with a cut one that is an estimate, nor with one that never began', () => {
    expect(charge({ fate: 'cut', usage: undefined }, [estimate])).toBeUndefined();
    const nothing = { fate: 'unanswered', callId: undefined, usage: undefined } as const;
    expect(charge(nothing, [], [])).toBeUndefined();
  });

  it.each<[string, Partial<CallSeen>, readonly BookedCall[]]>([
    ['was seen whole', {}, []],
    ['began', { fate: 'cut' }, []],
    ['reached its provider', { fate: 'unanswered', callId: undefined }, []],
    ['has no usage event', {}, [{ ...call, events: [] }]],
  ])('calls lost what %s and is not booked', (_what, fields, booked) => {
    expect(charge(fields, booked)).toBe('lost');
  });

  it.each<[string, readonly BookedCall[]]>([
    ['rows', [call, { ...call, callId: 'tx_osm_2' }]],
    ['usage events', [{ ...call, events: [event, event] }]],
    ['transactions', [{ ...call, transactions: [taking(140n), taking(140n)] }]],
  ])('calls double what has two %s', (_what, booked) => {
    expect(charge({}, booked)).toBe('double');
    expect(charge({ fate: 'cut' }, booked)).toBe('double');
  });

  it.each<[string, Partial<BookedEvent>]>([
    ['amount', used(32, 30, 139n)],
    ['sum of cost lines', { lines: 139n }],
    ['price', { priced: 139n }],
    ['input', used(31, 30, 140n)],
    ['output', used(32, 31, 140n)],
    ['input in its cost lines', { inputBilled: 31 }],
    ['output in its cost lines', { outputBilled: 31 }],
    ['rank', { rank: 'estimate' }],
  ])('calls wrong what was seen whole with another %s', (_what, fields) => {
    const other = { ...event, ...fields };
    const booked = { ...call, events: [other], transactions: [taking(other.amount)] };
    expect(charge({}, [booked])).toBe('wrong');
  });

  it.each<[string, Partial<BookedTransaction>]>([
    ['the wallet', { wallet: -139n, revenue: 139n }],
    ['the provider', { providerCost: 139n, providerPayable: -139n }],
    ['one account only', { providerPayable: -139n }],
  ])('calls wrong what is booked with another amount for %s', (_what, fields) => {
    expect(charge({}, [{ ...call, transactions: [{ ...taking(140n), ...fields }] }])).toBe('wrong');
  });

  it('calls wrong what the provider counted otherwise', () => {
    expect(charge({}, [call], [{ ...counted, completionTokens: 29 }])).toBe('wrong');
    expect(charge({}, [call], [counted, counted])).toBe('wrong');
  });

  it('calls wrong a cut call that is final, or complete where its provider was not', () => {
    const final = { ...estimate, events: [event], transactions: [taking(140n)] };
    expect(charge({ fate: 'cut' }, [final])).toBe('wrong');
    expect(charge({ fate: 'cut' }, [call], [{ ...counted, finished: false }])).toBe('wrong');
  });

  it('finds none with a stream that ended in an error and costs nothing', () => {
    const failed = { ...estimate, outcome: 'failed' };
    const free = { ...event, ...used(0, 0, 0n) };
    const error = { fate: 'cut', errorCode: 'upstream_timeout' } as const;
    expect(charge(error, [{ ...failed, events: [free], transactions: [] }])).toBeUndefined();
    expect(charge(error, [failed])).toBe('wrong');
    expect(charge({ fate: 'cut' }, [failed])).toBe('wrong');
  });

  it('calls wrong what was refused and costs something, and what never ended', () => {
    expect(charge({ fate: 'refused', status: 503 }, [call])).toBe('wrong');
    expect(charge({ fate: 'hung' }, [call])).toBe('wrong');
  });

  it('holds what was cut to what was recorded of it and what its provider had sent', () => {
    const cut = { fate: 'cut', usage: undefined, recorded: 8 } as const;
    const asked = [{ ...event, rank: 'estimate', ...used(32, 200, 990n) }];
    const all = { ...estimate, events: asked, transactions: [taking(990n)] };
    const nothing = { ...estimate, events: [{ ...event, rank: 'estimate', ...used(0, 0, 0n) }] };
    expect(charge(cut, [estimate])).toBeUndefined();
    expect(charge(cut, [all])).toBe('wrong');
    expect(charge(cut, [{ ...nothing, transactions: [] }])).toBe('wrong');
  });

  it('holds what was left to what its client was given and what its provider had sent', () => {
    const gone = { ...estimate, outcome: 'client_gone' };
    const given = (pieces: number) => ({ fate: 'left', usage: undefined, pieces }) as const;
    const sent = (completionTokens: number) => [{ ...counted, completionTokens, finished: false }];
    expect(charge(given(9), [gone], sent(9))).toBeUndefined();
    expect(charge(given(11), [gone], sent(20))).toBe('wrong');
    expect(charge(given(2), [gone], sent(6))).toBe('wrong');
  });
});
