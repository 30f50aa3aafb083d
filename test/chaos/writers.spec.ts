import { describe, expect, it } from '@jest/globals';
import type { Fate } from './call-sight.js';
import type { Outcome } from './result.js';
import { callsBesideOthers, withBusyWriters } from './writers.js';

const NOTHING: Outcome = {
  ...{ calls: 0, ends: 0, cut: 0, kills: 0, lost: 0, double: 0, wrong: 0 },
  ...{ problems: ['before'], findings: [], facts: { kept: 1 } },
};

const call = (server: string, startedAt: number, endedAt: number, fate: Fate = 'complete') => ({
  ...{ server, startedAt, endedAt, fate },
});

describe('calls beside other writers', () => {
  it('are those that ran while another process ran one', () => {
    const seen = [
      ...[call('a', 0, 10), call('a', 5, 20), call('a', 30, 40)],
      ...[call('b', 19, 25), call('b', 40, 50)],
    ];
    expect(callsBesideOthers(seen)).toBe(2);
  });

  it('are none where processes take turns, or there is one', () => {
    expect(callsBesideOthers([call('a', 0, 10), call('b', 10, 20), call('a', 20, 30)])).toBe(0);
    expect(callsBesideOthers([call('a', 0, 10), call('a', 5, 15)])).toBe(0);
  });
});

describe('busy writers', () => {
  it('are told of an outcome', () => {
    const seen = [call('a', 0, 10, 'cut'), call('b', 5, 15, 'unanswered'), call('b', 20, 30)];
    expect(withBusyWriters(NOTHING, seen)).toEqual({
      ...NOTHING,
      facts: { kept: 1, 'beside another writer': 2, 'writers cut off': 2 },
    });
  });

  it('must have been busy together, and two must have gone away in the middle of calls', () => {
    const seen = [call('a', 0, 10, 'cut'), call('b', 20, 30, 'left'), call('c', 30, 40, 'refused')];
    expect(withBusyWriters(NOTHING, seen).problems).toEqual([
      'before',
      'only 0 of 3 calls ran while another process ran one',
      '1 processes went away in the middle of calls',
    ]);
  });
});
