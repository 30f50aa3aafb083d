import { describe, expect, it } from '@jest/globals';
import { giveTo as give, limitOf, NEEDS } from '../../../test/support/limits.js';
import { piecesOf } from './amount.js';
import { Hold } from './hold.js';
import { SliceBook } from './slice-book.js';

describe('taking from the hand', () => {
  it('is all or nothing', () => {
    const book = new SliceBook();
    const [credit, requests] = [limitOf('credit', book), limitOf('requests_per_minute', book)];
    give(book, credit, 15n);
    expect(book.take([credit, requests], NEEDS, 0)).toBe(false);
    expect(credit.slice.inHand).toBe(15n);
    give(book, requests, piecesOf(1));
    expect(book.take([credit, requests], NEEDS, 0)).toBe(true);
    expect([credit.slice.inHand, requests.slice.inHand]).toEqual([5n, 0n]);
    expect(book.take([credit, requests], NEEDS, 0)).toBe(false);
  });

  it('is over with the window', () => {
    const book = new SliceBook();
    const limit = limitOf('credit', book);
    expect(book.take([limit], NEEDS, 0)).toBe(false);
    give(book, limit, 30n, { period: 60, endsAt: 100 });
    expect(book.take([limit], NEEDS, 99)).toBe(true);
    expect(book.take([limit], NEEDS, 100)).toBe(false);
    // A window does not come back, and what was in hand of it goes into no other.
    limit.slice.enter(120, 200, 1_000n, 1_000n);
    expect(limit.slice.inHand).toBe(0n);
  });

  it('passes over what a call does not need', () => {
    const book = new SliceBook();
    expect(book.take([limitOf('credit', book)], { ...NEEDS, credit: 0n }, 0)).toBe(true);
    expect(book.take([], NEEDS, 0)).toBe(true);
  });
});

describe('giving back', () => {
  const NONE: ReadonlySet<string> = new Set();
  const usd = (amount: bigint): string => `0.${amount.toString().padStart(12, '0')}`;

  it('leaves the hand before anybody is told', () => {
    const book = new SliceBook();
    const limit = limitOf('credit', book);
    give(book, limit, 7_123_456_789_001n);
    book.recall('credit', 0);
    expect(limit.slice.inHand).toBe(0n);
    limit.slice.inHand = 1n;
    book.recall('credit', 0);
    book.recall('unknown', 0);
    expect(book.takeReturns(NONE, 10)).toEqual([['credit', 0, '7.123456789002']]);
    expect(book.hasReturns).toBe(false);
  });

  it('is done in parts, first of what calls ask for', () => {
    const book = new SliceBook();
    for (const quota of ['one', 'two', 'three', 'four', 'five']) {
      const slice = book.sliceOf(quota);
      slice.enter(0, Infinity, 1_000n, 1_000n);
      slice.inHand = 1n;
      book.use(slice);
    }
    book.recallAll(0);
    const part = (...first: readonly string[]): string[] =>
      book.takeReturns(new Set(first), 2).map(([quota]) => quota);
    expect([part('four', 'none'), book.hasReturns]).toEqual([['one', 'two', 'four'], true]);
    expect([part(), book.hasReturns, part()]).toEqual([['three', 'five'], false, []]);
  });

  it('tells windows apart, and forgets those that are over', () => {
    const book = new SliceBook();
    const limit = limitOf('requests_per_minute', book);
    give(book, limit, 111_111_111_111n, { period: 60, endsAt: 100 });
    book.recallAll(50);
    give(book, limit, 222_222_222_222n, { period: 120, endsAt: 200 });
    book.recallAll(150);
    give(book, limit, 333_333_333_333n, { period: 180, endsAt: 300 });
    book.recallAll(300);
    expect(book.takeReturns(NONE, 10)).toEqual([
      ['requests_per_minute', 60, usd(111_111_111_111n)],
      ['requests_per_minute', 120, usd(222_222_222_222n)],
    ]);
  });

  it('happens when no call took anything for two seconds', () => {
    const book = new SliceBook();
    const limit = limitOf('credit', book);
    give(book, limit, 100n);
    for (let second = 0; second < 5; second++) {
      book.take([limit], NEEDS, 0);
      book.tick(0);
    }
    expect(book.hasReturns).toBe(false);
    book.tick(0);
    expect(book.hasReturns).toBe(false);
    book.tick(0);
    expect(book.takeReturns(NONE, 10)).toHaveLength(1);
  });

  it('waits for Postgres where that does not answer: until then it can be spent here alone', () => {
    const book = new SliceBook();
    const limit = limitOf('credit', book);
    give(book, limit, 20n);
    for (let second = 0; second < 500; second++) book.tick(0, true);
    expect([book.hasReturns, limit.slice.inHand]).toEqual([false, 20n]);
    book.tick(0);
    expect([book.hasReturns, limit.slice.inHand]).toEqual([true, 0n]);
  });

  it('of what was forgotten meanwhile is not lost while a call still holds something', () => {
    const book = new SliceBook();
    const limit = limitOf('credit', book);
    give(book, limit, 111_111_111_121n);
    book.take([limit], NEEDS, 0);
    const hold = new Hold([limit], NEEDS);
    for (let second = 0; second < 500; second++) book.tick(0);
    expect(book.takeReturns(NONE, 10)).toEqual([['credit', 0, usd(111_111_111_111n)]]);
    hold.release(0);
    book.tick(0);
    expect(book.takeReturns(NONE, 10)).toEqual([['credit', 0, '0.00000000001']]);
    for (let second = 0; second < 500; second++) book.tick(0);
    expect(book.sliceOf('credit')).not.toBe(limit.slice);
  });

  it('leaves no slice in memory, nor does one of which nothing was ever given', () => {
    const book = new SliceBook();
    const used = limitOf('credit', book);
    const unused = limitOf('budget', book);
    give(book, used, 20n);
    for (let second = 0; second < 100; second++) book.tick(0);
    expect(book.sliceOf('credit')).toBe(used.slice);
    for (let second = 0; second < 400; second++) book.tick(0);
    expect(book.sliceOf('credit')).not.toBe(used.slice);
    expect(book.sliceOf('budget')).not.toBe(unused.slice);
  });

  it('is asked for of a slice that was used again after the book had forgotten it', () => {
    const book = new SliceBook();
    const limit = limitOf('credit', book);
    give(book, limit, 20n);
    for (let second = 0; second < 500; second++) book.tick(0);
    expect(book.takeReturns(NONE, 10)).toHaveLength(1);
    give(book, limit, 31n);
    book.recall('credit', 0);
    expect(book.takeReturns(NONE, 10)).toEqual([['credit', 0, usd(31n)]]);
  });

  it('is for others to do where this process was fenced', () => {
    const book = new SliceBook();
    const limit = limitOf('credit', book);
    give(book, limit, 100n);
    book.take([limit], NEEDS, 0);
    const hold = new Hold([limit], NEEDS);
    book.recallAll(0);
    book.discard();
    hold.release(0);
    expect(book.take([limit], NEEDS, 0)).toBe(false);
    expect([book.hasReturns, limit.slice.inHand]).toEqual([false, 0n]);
    for (let second = 0; second < 500; second++) book.tick(0);
    expect(book.sliceOf('credit')).not.toBe(limit.slice);
  });
});

describe('what runs low', () => {
  const low = (book: SliceBook): string[] => book.takeLow(9).map(({ quota }) => quota);

  it('is noted once a second, and taken out in parts', () => {
    const book = new SliceBook();
    const limits = [limitOf('credit', book), limitOf('budget', book), limitOf('concurrency', book)];
    for (const limit of limits) give(book, limit, piecesOf(2));
    for (const { slice } of limits.slice(0, 2)) slice.inHand = 25n;
    for (let call = 0; call < 2; call++) book.take(limits, NEEDS, 0);
    expect(book.hasLow).toBe(false);
    book.tick(0);
    expect(book.takeLow(1)).toEqual([limits[0]?.slice]);
    expect(book.hasLow).toBe(true);
    expect(low(book)).toEqual(['budget', 'concurrency']);
    expect(book.hasLow).toBe(false);
    book.tick(0);
    expect(book.hasLow).toBe(false);
  });

  it('is nothing that others ran short of', () => {
    const book = new SliceBook();
    const limit = limitOf('credit', book);
    give(book, limit, 20n);
    for (let call = 0; call < 2; call++) book.take([limit], NEEDS, 0);
    book.recall('credit', 0);
    book.tick(0);
    expect(low(book)).toEqual([]);
  });

  it('is nothing any more where this process was fenced', () => {
    const book = new SliceBook();
    const limit = limitOf('credit', book);
    give(book, limit, 20n);
    for (let call = 0; call < 2; call++) book.take([limit], NEEDS, 0);
    book.tick(0);
    expect(book.hasLow).toBe(true);
    book.discard();
    expect(low(book)).toEqual([]);
  });
});
