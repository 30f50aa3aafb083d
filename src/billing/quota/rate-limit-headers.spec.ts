import { describe, expect, it } from '@jest/globals';
import { limitOf } from '../../../test/support/limits.js';
import { piecesOf } from './amount.js';
import type { Limit } from './limit.js';
import type { QuotaKind } from './quota.js';
import { durationText, rateLimitHeaders } from './rate-limit-headers.js';

function limit(kind: QuotaKind, [cap, left, inHand, endsAt]: readonly number[]): Limit {
  const made = limitOf(kind);
  made.slice.enter(0, endsAt ?? 0, piecesOf(cap ?? 0), piecesOf(left ?? 0));
  made.slice.inHand = piecesOf(inHand ?? 0);
  return made;
}

describe('rateLimitHeaders', () => {
  it('are none without a limit of requests or tokens', () => {
    expect(
      rateLimitHeaders([limit('credit', [5, 5, 0, 0]), limit('concurrency', [5, 5, 0, 0])], 0),
    ).toEqual([]);
  });

  it('tell the limit, what is left of it here and elsewhere, and when it is whole again', () => {
    expect(rateLimitHeaders([limit('requests_per_minute', [60, 40, 7, 30_001])], 1_000)).toEqual([
      'x-ratelimit-limit-requests',
      '60',
      'x-ratelimit-remaining-requests',
      '47',
      'x-ratelimit-reset-requests',
      '30s',
    ]);
  });

  it('tell of requests and of tokens that which has the least left', () => {
    const limits = [
      limit('requests_per_minute', [60, 40, 0, 9_000]),
      limit('requests_per_day', [100, 3, 1, 70_000_000]),
      limit('requests_per_minute', [9, 9, 0, 9_000]),
      limit('tokens_per_minute', [1_000, 0, 900, 9_000]),
    ];
    expect(rateLimitHeaders(limits, 0).filter((_, at) => at % 2 === 1)).toEqual([
      '100',
      '4',
      '19h26m40s',
      '1000',
      '900',
      '9s',
    ]);
  });

  it('leave out limits of which this process has heard nothing, and windows that are over', () => {
    const known = limit('requests_per_minute', [60, 40, 0, 31_000]);
    const unheard = [limitOf('tokens_per_minute'), limitOf('requests_per_day')];
    const over = limit('tokens_per_minute', [5_000, 0, 0, 0]);
    const alone = rateLimitHeaders([known], 1_000);
    expect(rateLimitHeaders([known, ...unheard, over], 1_000)).toEqual(alone);
    expect(rateLimitHeaders([over, ...unheard], 1_000)).toEqual([]);
  });

  it('tell of a window that ended while the call was admitted', () => {
    const ended = limit('requests_per_minute', [60, 40, 0, 1_000]);
    expect(rateLimitHeaders([ended], 1_999)).toContain('0s');
    expect(rateLimitHeaders([ended], 2_000)).toEqual([]);
  });
});

describe('durationText', () => {
  it.each([
    [-5, '0s'],
    [0, '0s'],
    [1, '1s'],
    [1_000, '1s'],
    [59_001, '1m0s'],
    [360_000, '6m0s'],
    [3_599_001, '1h0m0s'],
    [86_400_000, '24h0m0s'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text);
  });
});
