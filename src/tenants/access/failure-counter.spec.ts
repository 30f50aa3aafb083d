import { describe, expect, it } from '@jest/globals';
import { FailureCounter } from './failure-counter.js';

describe('FailureCounter', () => {
  it('counts each name apart until its window ends', () => {
    const counter = new FailureCounter(100, 10);
    expect(counter.add('a', 0)).toMatchObject({ count: 1, endsAt: 100 });
    expect(counter.add('a', 99)).toMatchObject({ count: 2, endsAt: 100 });
    expect(counter.add('b', 99)).toMatchObject({ count: 1, endsAt: 199 });
    expect(counter.add('a', 100)).toMatchObject({ count: 1, endsAt: 200 });
  });

  it('holds no more names than it may, and forgets the oldest windows first', () => {
    const counter = new FailureCounter(1_000, 3);
    for (let at = 0; at < 1_000; at++) counter.add(`name ${at}`, at);
    expect(counter.size).toBe(3);
    expect(counter.add('name 999', 999).count).toBe(2);
    expect(counter.add('name 0', 999).count).toBe(1);
    expect(counter.size).toBe(3);
  });

  it('gives a name whose window began anew its place among the newest', () => {
    const counter = new FailureCounter(10, 2);
    counter.add('a', 0);
    counter.add('b', 1);
    counter.add('a', 10);
    counter.add('c', 10);
    expect(counter.add('a', 11).count).toBe(2);
    expect(counter.add('b', 2).count).toBe(1);
  });
});
