import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TargetHealth } from './target-health.js';

const EJECTION = 15_000;

/** A target of which so many calls in a row have failed, at the moment 0. */
function failedTimes(count: number): TargetHealth {
  const health = new TargetHealth(0);
  for (let at = 0; at < count; at++) health.failed(0);
  return health;
}

/** A target that was ejected so often in a row, each time by its probe; it is ejected at the moment given. */
function ejectedTimes(count: number): { health: TargetHealth; now: number; length: number } {
  const health = failedTimes(4);
  let now = 0;
  let length = health.failed(now) ?? 0;
  for (let at = 1; at < count; at++) {
    now += length;
    health.claim(now);
    length = health.failed(now) ?? 0;
  }
  return { health, now, length };
}

describe('a target', () => {
  it('is ejected by the fifth failure in a row, for 15 seconds', () => {
    const health = failedTimes(4);
    expect(health.standing(0)).toBe('serving');
    expect(health.failed(0)).toBe(EJECTION);
    expect(health.standing(EJECTION - 1)).toBe('ejected');
    expect(health.standing(EJECTION)).toBe('probe');
  });

  it('is not ejected where an answer comes in between', () => {
    const health = failedTimes(4);
    health.succeeded(0);
    expect([health.failed(0), health.standing(0)]).toEqual([undefined, 'serving']);
  });

  it('is ejected where more than half of twenty calls of ten seconds fail', () => {
    const health = failedTimes(1);
    for (let at = 0; at < 9; at++) {
      health.succeeded(0);
      expect(health.failed(0)).toBeUndefined();
    }
    // Ten of nineteen have failed; this is the eleventh of twenty.
    expect(health.failed(0)).toBe(EJECTION);
  });

  it('is not ejected by as many that are further apart', () => {
    const health = failedTimes(1);
    for (let at = 1; at < 40; at++) {
      const now = at * 1_200;
      health.succeeded(now);
      expect(health.failed(now)).toBeUndefined();
    }
  });

  it('has one probe, and serves again where it is answered', () => {
    const health = failedTimes(5);
    health.claim(EJECTION);
    expect(health.standing(EJECTION + 1)).toBe('ejected');
    health.succeeded(EJECTION + 2);
    expect(health.standing(EJECTION + 2)).toBe('serving');
    expect(health.failed(EJECTION + 3)).toBeUndefined();
  });

  it('is ejected for n times as long by the n-th time, five minutes at most', () => {
    expect([1, 2, 3, 20, 21].map((count) => ejectedTimes(count).length)).toEqual([
      15_000, 30_000, 45_000, 300_000, 300_000,
    ]);
  });

  it('has another probe where the first told nothing, or was never heard of again', () => {
    const told = failedTimes(5);
    told.claim(EJECTION);
    told.toldNothing(EJECTION + 1);
    expect(told.standing(EJECTION + 1)).toBe('probe');
    const lost = failedTimes(5);
    lost.claim(EJECTION);
    expect(lost.standing(EJECTION + 14_999)).toBe('ejected');
    expect(lost.standing(EJECTION + 15_000)).toBe('probe');
  });

  it('stays ejected whatever calls tell that were sent before', () => {
    const health = failedTimes(5);
    health.succeeded(1);
    expect([health.failed(2), health.standing(3)]).toEqual([undefined, 'ejected']);
  });

  it('is forgotten when it served for a while, later where it had been ejected', () => {
    const failed = failedTimes(1);
    expect(failed.isForgotten(20_000)).toBe(false);
    failed.succeeded(5_000);
    expect([failed.isForgotten(9_999), failed.isForgotten(10_000)]).toEqual([false, true]);
    const { health, now, length } = ejectedTimes(1);
    const back = now + length;
    health.claim(back);
    health.succeeded(back);
    expect([health.isForgotten(back + 299_999), health.isForgotten(back + 300_000)]).toEqual([
      false,
      true,
    ]);
  });
});

type Step = 'succeeded' | 'failed' | 'toldNothing' | 'ask';
const steps = fc.array(
  fc.tuple(
    fc.constantFrom<Step>('succeeded', 'failed', 'toldNothing', 'ask'),
    fc.integer({ min: 0, max: 20_000 }),
  ),
  { maxLength: 200 },
);

describe('whatever happens to a target', () => {
  it('it can be asked again after five minutes, and only one asks at a time', () => {
    fc.assert(
      fc.property(steps, (story) => {
        const health = new TargetHealth(0);
        let now = 0;
        for (const [step, wait] of story) {
          now += wait;
          if (step !== 'ask') health[step](now);
          else if (health.standing(now) === 'probe') {
            health.claim(now);
            expect(health.standing(now)).toBe('ejected');
          }
        }
        expect(health.standing(now + 300_000)).not.toBe('ejected');
      }),
    );
  });

  it('it is never ejected without a failure', () => {
    fc.assert(
      fc.property(steps, (story) => {
        const health = new TargetHealth(0);
        let now = 0;
        for (const [step, wait] of story) {
          now += wait;
          if (step === 'succeeded' || step === 'toldNothing') health[step](now);
        }
        expect(health.standing(now)).toBe('serving');
      }),
    );
  });
});
