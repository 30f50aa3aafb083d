import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LoadLimit } from './load-limit.js';

const SLOW = 70;
const FAST = 69;

describe('the limit of the load', () => {
  it('is none while the process is fast, and none for a single pause', () => {
    const limit = new LoadLimit(SLOW);
    for (const delay of [FAST, SLOW, FAST, SLOW, FAST]) {
      limit.observe(delay, 1_000, 0);
      expect(limit.value).toBe(Infinity);
    }
  });

  it('falls to four fifths of what ran, window by window, as long as the process is slow', () => {
    const limit = new LoadLimit(SLOW);
    limit.observe(SLOW, 1_000, 0);
    const values = [1_000, 800, 640].map((peak) => {
      limit.observe(SLOW, peak, 0);
      return limit.value;
    });
    expect(values).toEqual([800, 640, 512]);
  });

  it('grows again while the process is fast, and is gone when nobody reaches it', () => {
    const limit = new LoadLimit(SLOW);
    for (const peak of [1_000, 1_000, 800]) limit.observe(SLOW, peak, 0);
    const values = [640, 800, 300].map((peak) => {
      limit.observe(FAST, peak, 0);
      return limit.value;
    });
    expect(values).toEqual([800, 1_000, Infinity]);
  });

  it('is raised where fewer calls end by it, as long as that has more of them end', () => {
    const limit = new LoadLimit(SLOW);
    for (const ended of [1_000, 1_000, 1_000]) limit.observe(SLOW, 1_000, ended);
    const values = [800, 1_000, 1_200, 1_200].map((ended) => {
      limit.observe(SLOW, limit.value, ended);
      return limit.value;
    });
    expect(values).toEqual([800, 1_000, 1_250, 1_000]);
  });

  it('falls where the calls that end are too few to tell', () => {
    const limit = new LoadLimit(SLOW);
    for (const ended of [99, 99, 10]) limit.observe(SLOW, 1_000, ended);
    expect(limit.value).toBe(640);
  });

  it('is none for a process that is slow with less than 32 calls', () => {
    const limit = new LoadLimit(SLOW);
    for (const peak of [0, 31, 31, 31]) limit.observe(500, peak, 0);
    expect(limit.value).toBe(Infinity);
    for (const peak of [32, 32]) limit.observe(500, peak, 0);
    expect(limit.value).toBe(32);
  });

  it('always leaves room for 32 calls, and does not stay when the load has gone', () => {
    const windows = fc.array(
      fc.tuple(
        fc.integer({ max: 500, min: 0 }),
        fc.integer({ max: 5_000, min: 0 }),
        fc.nat({ max: 5_000 }),
      ),
    );
    fc.assert(
      fc.property(windows, (story) => {
        const limit = new LoadLimit(SLOW);
        for (const [delay, peak, ended] of story) {
          limit.observe(delay, peak, ended);
          expect(limit.value).toBeGreaterThanOrEqual(32);
        }
        limit.observe(FAST, 0, 0);
        expect(limit.value).toBe(Infinity);
      }),
    );
  });
});
