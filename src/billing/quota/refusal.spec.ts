import { describe, expect, it } from '@jest/globals';
import { limitOf } from '../../../test/support/limits.js';
import { parseUsd } from '../../core/money.js';
import { piecesOf } from './amount.js';
import type { Limit } from './limit.js';
import type { LeaseRefusal, QuotaKind } from './quota.js';
import { refusalError, refusalOf } from './refusal.js';
import type { Refusal } from './slice.js';

const AT = Date.UTC(2026, 4, 31, 12);

function refused(need: bigint, more: Partial<LeaseRefusal> = {}): Refusal {
  const answer = { need: 0, quota: 'q', reset_ms: null, final: true, left: '0', ...more };
  return refusalOf(need, answer, 1_000, AT);
}

function limit(kind: QuotaKind, cap: bigint, more: Partial<Limit['quota']> = {}): Limit {
  const made = limitOf(kind, undefined, more);
  made.slice.enter(0, Infinity, cap, 0n);
  return made;
}

const answer = (of: Limit, refusal: Refusal) => refusalError(of, refusal, [of], 1_000);

describe('the answer to a call that is refused', () => {
  it('by a budget without a window says that it does not reset', () => {
    const budget = limit('budget', parseUsd('5'), { scope: 'api_key', scopeId: 'key_1' });
    const { message } = answer(budget, refused(parseUsd('2'), { left: '1.5' }));
    expect(message).toBe(
      'The budget of the API key key_1, 5 USD, has 1.5 USD left; this request may cost up to 2 USD. It does not reset.',
    );
  });

  it.each([
    ['day', 'per day'],
    ['week', 'per week'],
    ['month', 'per month'],
  ] as const)(
    'by a budget of a %s says when it resets, by the database’s clock',
    (window, text) => {
      const tag = { scope: 'tag', scopeId: 'org_1', tagName: 'team', tagValue: 'a' } as const;
      const budget = limit('budget', parseUsd('5'), { ...tag, window });
      const { message } = answer(budget, refused(parseUsd('2'), { reset_ms: 43_200_000 }));
      expect(message).toContain(`The budget of the tag team=a, 5 USD ${text}`);
      expect(message).toContain('It resets at 2026-06-01T00:00:00.000Z.');
    },
  );

  it.each([
    [1, 1],
    [1_000, 1],
    [1_001, 2],
    [59_999, 60],
  ])('by a rate limit says when to come again: %d ms is %d s', (reset_ms, seconds) => {
    const requests = limit('requests_per_minute', piecesOf(5));
    const error = answer(requests, refused(piecesOf(1), { reset_ms }));
    expect(error).toMatchObject({ status: 429, retryAfterSeconds: seconds });
    expect(error.message).toBe(
      `This request passes the limit of the organization org_1: 5 requests per minute. Try again in ${seconds} s.`,
    );
    expect(error.headers).toContain('x-ratelimit-limit-requests');
  });

  it('by a limit that it can never pass says that coming again is no use', () => {
    const tokens = limit('tokens_per_minute', piecesOf(100));
    expect(answer(tokens, refused(piecesOf(101)))).toMatchObject({ shouldRetry: false });
    expect(answer(tokens, refused(piecesOf(100))).shouldRetry).toBeUndefined();
  });

  it.each([
    ['requests_per_minute', '0 requests per minute'],
    ['concurrency', '0 requests at a time'],
  ] as const)('by a limit of 0 says nothing of tokens: %s', (kind, words) => {
    const error = answer(limit(kind, 0n), refused(piecesOf(1)));
    expect(error.shouldRetry).toBe(false);
    expect(error.message).toBe(
      `This request passes the limit of the organization org_1: ${words}.`,
    );
  });

  it.each([-1, 0, 1])('by a budget resets at a whole second, %i ms of rounding apart', (apart) => {
    const budget = limit('budget', parseUsd('5'), { window: 'month' });
    const { message } = answer(budget, refused(parseUsd('2'), { reset_ms: 43_200_000 + apart }));
    expect(message).toContain('It resets at 2026-06-01T00:00:00.000Z.');
  });

  it.each([
    ['requests_per_minute', 1, '1 request per minute.'],
    ['requests_per_minute', 2, '2 requests per minute.'],
    ['requests_per_day', 1, '1 request per day.'],
    ['concurrency', 1, '1 request at a time.'],
  ] as const)('by a limit of one tells it in the singular: %s of %d', (kind, cap, words) => {
    const { message } = answer(limit(kind, piecesOf(cap)), refused(piecesOf(1), { reset_ms: 5 }));
    expect(message).toContain(words);
  });
});
