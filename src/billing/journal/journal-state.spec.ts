import { describe, expect, it } from '@jest/globals';
import {
  chargeOf,
  closeOf,
  openOf,
  progressOf,
  STARTED_AT,
} from '../../../test/support/journal.js';
import type { JournalRecord } from './journal-record.js';
import { JournalState } from './journal-state.js';

/** A state that has read these records, each with its segment, numbered from 1. */
function stateOf(...entries: (readonly [record: JournalRecord, segment?: string])[]): JournalState {
  const state = new JournalState();
  entries.forEach(([record, segment = 'a'], at) =>
    state.apply({ sequence: at + 1, record }, segment),
  );
  return state;
}

const abandonedOf = (state: JournalState) =>
  state
    .abandoned(STARTED_AT + 500)
    .map(({ close: { call, charge, served } }) => [call, charge.amount, served?.offer]);

describe('JournalState', () => {
  it('gives the close records, and nothing else', () => {
    const state = new JournalState();
    const close = closeOf('c1');
    expect(state.apply({ sequence: 1, record: openOf('c1') }, 'a')).toBeUndefined();
    expect(state.apply({ sequence: 2, record: progressOf('c1', '1') }, 'a')).toBeUndefined();
    const found = { close, openedAt: 1, segment: 'b' };
    expect(state.apply({ sequence: 3, record: close }, 'b')).toEqual(found);
  });

  it('gives the close of a call that was never opened: it was refused', () => {
    const close = closeOf('c1');
    const found = { close, openedAt: undefined, segment: 'a' };
    expect(new JournalState().apply({ sequence: 1, record: close }, 'a')).toEqual(found);
  });

  it('tells where a call was opened first, though it was opened again', () => {
    const state = stateOf([openOf('c1')], [openOf('c2')], [openOf('c1')]);
    expect(state.apply({ sequence: 4, record: closeOf('c1') }, 'a')?.openedAt).toBe(1);
  });
});

describe('sequence numbers', () => {
  const read = (state: JournalState, ...sequences: number[]) =>
    sequences.forEach((sequence) => state.apply({ sequence, record: closeOf('c') }, 'a'));

  it('that are missing are told, once', () => {
    const state = new JournalState();
    read(state, 7, 8, 10, 11, 15);
    expect(state.takeGaps()).toEqual([
      { from: 9, to: 9 },
      { from: 12, to: 14 },
    ]);
    expect(state.takeGaps()).toEqual([]);
    expect(state.lastSequence).toBe(15);
  });

  it('are not missing where segments are gone that were posted', () => {
    const state = new JournalState();
    read(state, 7);
    state.skip();
    read(state, 20, 22);
    expect(state.takeGaps()).toEqual([{ from: 21, to: 21 }]);
  });
});

describe('segments that a call holds', () => {
  it('until it is closed', () => {
    const state = stateOf([openOf('c1'), 'a'], [openOf('c2'), 'b']);
    expect(['a', 'b', 'c'].map((segment) => state.isHeld(segment))).toEqual([true, true, false]);
    state.apply({ sequence: 3, record: closeOf('c1') }, 'c');
    expect(['a', 'b', 'c'].map((segment) => state.isHeld(segment))).toEqual([false, true, false]);
  });

  it('are its openings and its newest progress', () => {
    const state = stateOf(
      [openOf('c1'), 'a'],
      [openOf('c1'), 'b'],
      [progressOf('c1', '1'), 'c'],
      [progressOf('c1', '2'), 'd'],
    );
    expect(['a', 'b', 'c', 'd'].map((segment) => state.isHeld(segment))).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });
});

describe('calls that a dead writer left open', () => {
  it('end at their last progress, as estimates', () => {
    const state = stateOf([openOf('c1')], [progressOf('c1', '0.1')], [progressOf('c1', '0.2')]);
    const [abandoned] = state.abandoned(STARTED_AT + 500);
    expect(abandoned?.close).toEqual({
      ...closeOf('c1'),
      charge: chargeOf('0.2', { rank: 'estimate' }),
      outcome: 'interrupted',
      status: 500,
      errorCode: 'internal_error',
      finishReason: null,
      upstreamId: undefined,
      attempts: [{ provider: 'openai', status: 0, reason: 'gateway_died' }],
      durationMs: 500,
    });
  });

  it('cost nothing where nothing was delivered', () => {
    const [abandoned] = stateOf([openOf('c1')]).abandoned(0);
    expect(abandoned?.close).toMatchObject({
      durationMs: 0,
      charge: { amount: '0', lines: [], charged: true },
    });
  });

  it('last no longer than the request log can hold, though nobody looked for months', () => {
    const [abandoned] = stateOf([openOf('c1')]).abandoned(STARTED_AT + 10 ** 11);
    expect(abandoned?.close.durationMs).toBe(2_147_483_647);
  });

  it('are those that have no close', () => {
    const state = stateOf([openOf('c1')], [openOf('c2')], [closeOf('c1')], [progressOf('c1', '9')]);
    expect(abandonedOf(state)).toEqual([['c2', '0', 'openai/m']]);
  });

  it('are at the target that was opened last', () => {
    const served = { ...closeOf('x').served, offer: 'groq/m' } as NonNullable<
      ReturnType<typeof closeOf>['served']
    >;
    const state = stateOf([openOf('c1')], [openOf('c1', { served })], [progressOf('c1', '1')]);
    expect(abandonedOf(state)).toEqual([['c1', '1', 'groq/m']]);
  });
});
