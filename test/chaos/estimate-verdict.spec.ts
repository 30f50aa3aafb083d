import { describe, expect, it } from '@jest/globals';
import type { TallyEntry } from '../../src/sandbox/tally.js';
import type { BookedEvent } from './books.js';
import type { CallSeen } from './call-sight.js';
import { cutFault, goneFault } from './estimate-verdict.js';

/** Its message has 32 tokens by the estimate; of its answer, 10 tokens are estimated to be 12, and 20 to be 27. */
const stream: CallSeen = {
  plan: {
    ...{ label: 'kill-1-000001', model: 'sandbox-small', stream: true, tokens: 30 },
    ...{ maxTokens: 200, rate: 30, latency: 0, cached: 0, reasoning: 0 },
  },
  ...{ label: 'kill-1-000001', stream: true, fate: 'cut', startedAt: 0, endedAt: 1_000 },
  server: 'http://127.0.0.1:1',
  ...{ status: 200, callId: 'tx_osm_1', errorCode: undefined, usage: undefined },
  ...{ pieces: 11, recorded: 10, bytes: 4_000 },
};
const whole: CallSeen = { ...stream, stream: false, pieces: 0, recorded: 0, bytes: 0 };
const counted: TallyEntry = {
  ...{ id: stream.label, answerId: 'chatcmpl-sbx1', protocol: 'openai', model: 'sandbox-small' },
  ...{ status: 200, promptTokens: 32, cachedTokens: 0, completionTokens: 20, reasoningTokens: 0 },
  ...{ stream: true, finished: false, aborted: true, startedAt: 0 },
};
const charged = (promptTokens: number, completionTokens: number, rank = 'estimate') => {
  const tokens = { promptTokens, completionTokens };
  const bill = { inputBilled: promptTokens, outputBilled: completionTokens };
  const amount = BigInt(promptTokens + completionTokens);
  const amounts = { amount, lines: amount, priced: amount, providerCost: amount };
  return { revision: 1, rank, charged: true, ...tokens, ...bill, ...amounts } as BookedEvent;
};
const TOO_MUCH = /more is charged/;
const TOO_LITTLE = /less is charged/;
const OTHER_INPUT = /input/;

describe('cutFault', () => {
  it.each([12, 20, 27])('takes %i tokens for what was on record of 20 that were sent', (tokens) => {
    expect(cutFault(stream, counted, charged(32, tokens))).toBeUndefined();
  });

  it('finds too much in more than what was sent comes to, as in all that was asked for', () => {
    expect(cutFault(stream, counted, charged(32, 28))).toMatch(TOO_MUCH);
    expect(cutFault(stream, counted, charged(32, 200))).toMatch(TOO_MUCH);
    expect(cutFault(stream, undefined, charged(32, 1))).toMatch(TOO_MUCH);
  });

  it('finds too little in less than what was on record comes to, as in nothing', () => {
    expect(cutFault(stream, counted, charged(32, 11))).toMatch(TOO_LITTLE);
    expect(cutFault({ ...stream, recorded: 1 }, counted, charged(0, 0))).toMatch(TOO_LITTLE);
    expect(cutFault({ ...stream, recorded: 0 }, counted, charged(0, 0))).toBeUndefined();
  });

  it('never takes what was asked for to be passed', () => {
    const asked = { ...stream, plan: { ...stream.plan, maxTokens: 24 } };
    expect(cutFault(asked, counted, charged(32, 24))).toBeUndefined();
    expect(cutFault(asked, counted, charged(32, 25))).toMatch(TOO_MUCH);
  });

  it('wants the input with any output, and none without', () => {
    for (const input of [0, 31, 33])
      expect(cutFault(stream, counted, charged(input, 20))).toMatch(OTHER_INPUT);
    expect(cutFault({ ...stream, recorded: 0 }, counted, charged(32, 0))).toMatch(OTHER_INPUT);
  });

  it('wants nothing for an answer in one piece', () => {
    expect(cutFault(whole, counted, charged(0, 0))).toBeUndefined();
    expect(cutFault(whole, counted, charged(32, 0))).toMatch(/nothing of it was given/);
  });

  it('wants an estimate', () => {
    expect(cutFault(stream, counted, charged(32, 20, 'final'))).toMatch(/no estimate/);
  });
});

describe('goneFault', () => {
  it('takes what the client was given, what was sent, and what lies between', () => {
    for (const tokens of [12, 20, 27])
      expect(goneFault(stream, counted, charged(32, tokens))).toBeUndefined();
  });

  it('finds too little in less than the client was given, whatever was on record', () => {
    const unrecorded = { ...stream, recorded: 0 };
    expect(goneFault(unrecorded, counted, charged(32, 11))).toMatch(TOO_LITTLE);
    expect(goneFault(unrecorded, counted, charged(0, 0))).toMatch(TOO_LITTLE);
  });

  it('finds too much in more than what was sent comes to, as in all that was asked for', () => {
    expect(goneFault(stream, counted, charged(32, 28))).toMatch(TOO_MUCH);
    expect(goneFault(stream, counted, charged(32, 200))).toMatch(TOO_MUCH);
  });

  it('wants the input with any output, and none where the answer had not begun', () => {
    expect(goneFault(stream, counted, charged(0, 20))).toMatch(OTHER_INPUT);
    const early = { ...stream, pieces: 0 };
    expect(goneFault(early, undefined, charged(0, 0))).toBeUndefined();
    expect(goneFault(early, counted, charged(32, 0))).toMatch(OTHER_INPUT);
  });

  it('wants the input of an answer in one piece and no output, once its provider was asked', () => {
    expect(goneFault(whole, counted, charged(32, 0))).toBeUndefined();
    expect(goneFault(whole, counted, charged(32, 1))).toMatch(/output is charged/);
    expect(goneFault(whole, counted, charged(33, 0))).toMatch(OTHER_INPUT);
    expect(goneFault(whole, counted, charged(0, 0))).toMatch(OTHER_INPUT);
    expect(goneFault(whole, undefined, charged(0, 0))).toBeUndefined();
  });

  it('wants what was read to its end to be as the provider counted', () => {
    const end = { ...counted, finished: true };
    expect(goneFault(whole, end, charged(32, 20, 'final'))).toBeUndefined();
    expect(goneFault(whole, end, charged(32, 21, 'final'))).toMatch(/counted/);
    expect(goneFault(whole, counted, charged(32, 20, 'final'))).toMatch(/never finished/);
  });
});
