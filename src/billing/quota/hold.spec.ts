import { describe, expect, it } from '@jest/globals';
import { giveTo as give, limitOf, NEEDS } from '../../../test/support/limits.js';
import { piecesOf } from './amount.js';
import { Hold } from './hold.js';
import type { Limit } from './limit.js';
import type { QuotaKind } from './quota.js';
import { SliceBook } from './slice-book.js';

describe('a hold', () => {
  const settle = (use: object, hold: Hold) =>
    hold.settle(
      { credit: 0n, budget: 0n, tokens: 0n, wasSent: true, isFinal: true, ...use },
      1,
      true,
    );

  function held(kind: QuotaKind, inHand: bigint): { limit: Limit; hold: Hold } {
    const book = new SliceBook();
    const limit = limitOf(kind, book);
    give(book, limit, inHand);
    expect(book.take([limit], NEEDS, 0)).toBe(true);
    return { limit, hold: new Hold([limit], NEEDS) };
  }

  it('is told with its quota, window, amount and kind', () => {
    expect(held('credit', 10n).hold.entries()).toEqual([['credit', 0, '0.00000000001', 'credit']]);
    expect(held('tokens_per_minute', piecesOf(100)).hold.entries()).toEqual([
      ['tokens_per_minute', 0, '100', 'tokens_per_minute'],
    ]);
  });

  it('comes back but for what was used, once, and only when the end is recorded', () => {
    const { limit, hold } = held('credit', 10n);
    expect(settle({ credit: 4n }, hold)).toEqual([
      ['credit', 0, '0.00000000001', '0.000000000004'],
    ]);
    expect(limit.slice.inHand).toBe(0n);
    hold.release(1);
    expect(limit.slice.inHand).toBe(6n);
    hold.release(1);
    expect(limit.slice.inHand).toBe(6n);
  });

  it('that is an estimate keeps in dollars what it did not cost', () => {
    const { limit, hold } = held('budget', 10n);
    expect(settle({ budget: 4n, isFinal: false }, hold)).toEqual([
      ['budget', 0, '0.00000000001', '0.000000000004', '0.000000000004', '0.000000000006'],
    ]);
    hold.release(1);
    expect(limit.slice.inHand).toBe(0n);
    const tokens = held('tokens_per_minute', piecesOf(100));
    expect(settle({ tokens: piecesOf(30), isFinal: false }, tokens.hold)[0]?.slice(3)).toEqual([
      '30',
    ]);
    tokens.hold.release(1);
    expect(tokens.limit.slice.inHand).toBe(piecesOf(70));
  });

  it('that turns out too small is made up for from the hand, as far as that goes', () => {
    const { limit, hold } = held('credit', 13n);
    expect(settle({ credit: 20n }, hold)[0]?.slice(2)).toEqual([
      '0.00000000001',
      '0.000000000013',
      '0.00000000002',
    ]);
    hold.release(1);
    expect(limit.slice.inHand).toBe(0n);
  });

  it('is not made up for where this process has lost its slices', () => {
    const { limit, hold } = held('credit', 13n);
    const use = { credit: 20n, budget: 0n, tokens: 0n, wasSent: true, isFinal: true };
    expect(hold.settle(use, 1, false)[0]?.[3]).toBe('0.00000000001');
    expect(limit.slice.inHand).toBe(3n);
  });

  it('counts a request once, and a call at a time not at all once it is over', () => {
    const requests = held('requests_per_day', piecesOf(1));
    expect(settle({}, requests.hold)[0]?.slice(2)).toEqual(['1']);
    requests.hold.release(1);
    expect(requests.limit.slice.inHand).toBe(0n);
    const concurrency = held('concurrency', piecesOf(1));
    expect(settle({ isFinal: false }, concurrency.hold)).toEqual([]);
    concurrency.hold.release(1);
    expect(concurrency.limit.slice.inHand).toBe(piecesOf(1));
  });

  it.each<QuotaKind>(['credit', 'requests_per_minute', 'tokens_per_minute'])(
    'of %s counts against nothing where no provider was asked',
    (kind) => {
      const { limit, hold } = held(kind, piecesOf(100));
      const use = { credit: 3n, tokens: 5n, wasSent: false, isFinal: false };
      expect(settle(use, hold)[0]?.slice(3)).toEqual(['0']);
      hold.release(1);
      expect(limit.slice.inHand).toBe(piecesOf(100));
    },
  );

  it('belongs to its window: nothing of it comes back in another', () => {
    const book = new SliceBook();
    const limit = limitOf('credit', book);
    give(book, limit, 20n, { period: 60, endsAt: 100 });
    book.take([limit], NEEDS, 0);
    const hold = new Hold([limit], NEEDS);
    limit.slice.enter(120, 200, 1_000n, 1_000n);
    limit.slice.inHand = 5n;
    const use = { credit: 12n, budget: 0n, tokens: 0n, wasSent: true, isFinal: true };
    expect(hold.settle(use, 150, true)[0]?.slice(1, 4)).toEqual([
      60,
      '0.00000000001',
      '0.00000000001',
    ]);
    hold.release(150);
    expect(limit.slice.inHand).toBe(5n);
  });
});
