import { describe, expect, it } from '@jest/globals';
import { mapUpstreamError } from './upstream-error.js';

describe('how long to wait', () => {
  it.each([
    ['Rate limit reached. Please try again in 20s. Visit …', 20],
    ['Please try again in 7.66s.', 8],
    ['Please try again in 1m7.66s', 68],
    ['please try again in 6m0s.', 360],
    ['Please try again in 2h5m.', 7_500],
    ['Please try again in 380ms.', 1],
    ['Please try again in a while.', 1],
    ['Please try again in 5 minutes.', 1],
    ['Slow down.', 1],
  ])('%s', (message, seconds) => {
    expect(mapUpstreamError(429, { message }, undefined).retryAfterSeconds).toBe(seconds);
  });

  it('is what the header says, else the body, else the words', () => {
    const words = { message: 'try again in 9s' };
    expect(mapUpstreamError(429, { ...words, retryAfterSeconds: 5 }, 3).retryAfterSeconds).toBe(3);
    const body = mapUpstreamError(429, { ...words, retryAfterSeconds: 5 }, undefined);
    expect(body.retryAfterSeconds).toBe(5);
  });
});
