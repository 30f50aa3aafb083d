import { describe, expect, it } from '@jest/globals';
import type { TallyEntry } from '../../src/sandbox/tally.js';
import type { BookedCall, BookedEvent, BookedTransaction } from './books.js';
import type { CallSeen } from './call-sight.js';
import { judge } from './verdict.js';

const seen: CallSeen = {
  label: 'kill-1-000001',
  stream: true,
  fate: 'complete',
  startedAt: 0,
  endedAt: 1_000,
  status: 200,
  callId: 'tx_osm_1',
  errorCode: undefined,
  usage: { promptTokens: 20, completionTokens: 30, cost: 140n },
  pieces: 32,
  bytes: 9_000,
};
const event: BookedEvent = {
  revision: 1,
  rank: 'final',
  promptTokens: 20,
  completionTokens: 30,
  amount: 140n,
  lines: 140n,
  charged: true,
  providerCost: 140n,
};
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
  promptTokens: 20,
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
      completionTokens: 10,
      amount: 60n,
      lines: 60n,
      providerCost: 60n,
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
    ['amount', { amount: 139n, lines: 139n, providerCost: 139n }],
    ['cost lines', { lines: 139n }],
    ['input', { promptTokens: 19 }],
    ['output', { completionTokens: 31 }],
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
    const free = { ...event, amount: 0n, lines: 0n, providerCost: 0n };
    const error = { fate: 'cut', errorCode: 'upstream_timeout' } as const;
    expect(charge(error, [{ ...failed, events: [free], transactions: [] }])).toBeUndefined();
    expect(charge(error, [failed])).toBe('wrong');
    expect(charge({ fate: 'cut' }, [failed])).toBe('wrong');
  });

  it('calls wrong what was refused and costs something, and what never ended', () => {
    expect(charge({ fate: 'refused', status: 503 }, [call])).toBe('wrong');
    expect(charge({ fate: 'hung' }, [call])).toBe('wrong');
  });

  it('calls wrong a client that left and pays less than it was given', () => {
    const gone = { ...estimate, outcome: 'client_gone' };
    expect(charge({ fate: 'left', pieces: 11 }, [gone])).toBeUndefined();
    expect(charge({ fate: 'left', pieces: 12 }, [gone])).toBe('wrong');
  });
});
