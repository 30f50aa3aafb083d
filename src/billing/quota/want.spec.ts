import { describe, expect, it } from '@jest/globals';
import { giveTo, limitOf, NEEDS } from '../../../test/support/limits.js';
import { PIECE } from './amount.js';
import type { Limit } from './limit.js';
import { SliceBook } from './slice-book.js';
import { refillOf, wantOf } from './want.js';

/** Of which calls of ten take fifty a second. */
function usedIn(book: SliceBook): Limit {
  const limit = limitOf('credit', book);
  giveTo(book, limit, 1_000n);
  for (let call = 0; call < 2; call++) book.take([limit], NEEDS, 0);
  book.tick(0);
  limit.slice.average = 50n;
  return limit;
}

describe('wantOf', () => {
  it('is sixteen holds at first, and a minute of calls when there are many', () => {
    const book = new SliceBook();
    const limit = limitOf('credit', book);
    expect(wantOf(limit.slice, 10n)).toBe(160n);
    giveTo(book, limit, 1_010n);
    book.take([limit], NEEDS, 0);
    expect(wantOf(limit.slice, 1n)).toBe(600n);
    book.tick(0);
    expect(wantOf(limit.slice, 1n)).toBe(240n);
    for (let second = 0; second < 20; second++) {
      for (let call = 0; call < 5; call++) book.take([limit], NEEDS, 0);
      book.tick(0);
    }
    expect(wantOf(limit.slice, 1n)).toBeGreaterThan(2_800n);
    expect(wantOf(limit.slice, 1n)).toBeLessThanOrEqual(3_000n);
  });

  it('is whole pieces of what is counted in pieces', () => {
    const book = new SliceBook();
    const { slice } = limitOf('requests_per_minute', book);
    slice.largest = PIECE;
    slice.average = PIECE / 7n;
    expect(wantOf(slice, 0n)).toBe(16n * PIECE);
    slice.average = (PIECE * 10n) / 7n;
    expect(wantOf(slice, 0n)).toBe(86n * PIECE);
  });
});

describe('refillOf', () => {
  it('fills up what is below three quarters of a minute', () => {
    const book = new SliceBook();
    const limit = usedIn(book);
    expect(wantOf(limit.slice, 0n)).toBe(3_000n);
    limit.slice.inHand = 2_250n;
    expect(refillOf(limit.slice, 0)).toBe(0n);
    limit.slice.inHand = 2_249n;
    expect(refillOf(limit.slice, 0)).toBe(751n);
  });

  it('is for two calls in two seconds at least', () => {
    const book = new SliceBook();
    const limit = limitOf('credit', book);
    giveTo(book, limit, 20n);
    book.take([limit], NEEDS, 0);
    book.tick(0);
    expect(refillOf(limit.slice, 0)).toBe(0n);
    book.take([limit], NEEDS, 0);
    book.tick(0);
    expect(refillOf(limit.slice, 0)).toBeGreaterThan(0n);
  });

  it('takes for nothing what is in hand of a window that is over', () => {
    const book = new SliceBook();
    const limit = usedIn(book);
    limit.slice.enter(60, 100, 0n, 0n);
    limit.slice.inHand = 9_000n;
    expect(refillOf(limit.slice, 99)).toBe(0n);
    expect(refillOf(limit.slice, 100)).toBe(3_000n);
  });

  it('leaves alone what is scarce, and what no call used in the last second', () => {
    const book = new SliceBook();
    const limit = usedIn(book);
    expect(refillOf(limit.slice, 0)).toBeGreaterThan(0n);
    limit.slice.isScarce = true;
    expect(refillOf(limit.slice, 0)).toBe(0n);
    limit.slice.isScarce = false;
    book.tick(0);
    expect(refillOf(limit.slice, 0)).toBe(0n);
  });
});
