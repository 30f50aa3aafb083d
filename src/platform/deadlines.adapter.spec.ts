import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Deadlines } from './deadlines.adapter.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('Deadlines', () => {
  it('are told of in their order, each when its time is up', () => {
    const deadlines = new Deadlines(500);
    const told: string[] = [];
    deadlines.begin(() => told.push('a'));
    jest.advanceTimersByTime(100);
    deadlines.begin(() => told.push('b'));
    jest.advanceTimersByTime(400);
    expect(told).toEqual(['a']);
    jest.advanceTimersByTime(100);
    expect(told).toEqual(['a', 'b']);
  });

  it('one that is met is not told of', () => {
    const deadlines = new Deadlines(500);
    const told: string[] = [];
    deadlines.met(deadlines.begin(() => told.push('a')));
    deadlines.begin(() => told.push('b'));
    jest.advanceTimersByTime(1_000);
    expect(told).toEqual(['b']);
  });

  it('one that begins another one does not put off those behind it', () => {
    const deadlines = new Deadlines(500);
    const told: string[] = [];
    deadlines.begin(() => {
      told.push('a');
      deadlines.begin(() => told.push('c'));
    });
    jest.advanceTimersByTime(100);
    deadlines.begin(() => told.push('b'));
    jest.advanceTimersByTime(500);
    expect(told).toEqual(['a', 'b']);
    jest.advanceTimersByTime(400);
    expect(told).toEqual(['a', 'b', 'c']);
  });

  it('go on where one throws', () => {
    const deadlines = new Deadlines(500);
    const told: string[] = [];
    deadlines.begin(() => {
      throw new Error('no');
    });
    deadlines.begin(() => told.push('b'));
    expect(() => jest.advanceTimersByTime(500)).toThrow('no');
    jest.advanceTimersByTime(500);
    expect(told).toEqual(['b']);
  });
});
