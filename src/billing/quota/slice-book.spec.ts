import { describe, expect, it } from '@jest/globals';
import { makePrincipal } from '../../../test/support/principal.js';
import { piecesOf } from './amount.js';
import { Hold } from './hold.js';
import type { CallNeeds, Limit } from './limit.js';
import { OrganizationLimits } from './organization-limits.js';
import type { QuotaKind } from './quota.js';
import { SliceBook, wantOf } from './slice-book.js';

const NEEDS: CallNeeds = { credit: 10n, budget: 10n, tokens: piecesOf(100) };

function limitOf(kind: QuotaKind, book = new SliceBook(), id: string = kind): Limit {
  const quota = {
    id,
    kind,
    scope: 'organization',
    scopeId: 'org_1',
    window: 'total',
    tagName: null,
    tagValue: null,
  } as const;
  return { quota, slice: book.sliceOf(id) };
}

/** Puts this much into the hand, of a window that begins at second `period` and ends at `endsAt` ms. */
function give(
  book: SliceBook,
  { slice }: Limit,
  amount: bigint,
  { period = 0, endsAt = Infinity } = {},
): void {
  slice.enter(period, endsAt, 1_000n, 1_000n);
  slice.inHand += amount;
  book.use(slice);
}

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
      ['credit', 0, '0.00000000001', '0.000000000004', '0.000000000004', '0'],
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
    expect(settle({ tokens: piecesOf(30), isFinal: false }, tokens.hold)[0]?.[5]).toBe('0');
    tokens.hold.release(1);
    expect(tokens.limit.slice.inHand).toBe(piecesOf(70));
  });

  it('that turns out too small is made up for from the hand, as far as that goes', () => {
    const { limit, hold } = held('credit', 13n);
    expect(settle({ credit: 20n }, hold)[0]?.slice(2)).toEqual([
      '0.00000000001',
      '0.000000000013',
      '0.00000000002',
      '0',
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
    expect(settle({}, requests.hold)[0]?.slice(2)).toEqual(['1', '1', '1', '0']);
    requests.hold.release(1);
    expect(requests.limit.slice.inHand).toBe(0n);
    const concurrency = held('concurrency', piecesOf(1));
    expect(settle({ isFinal: false }, concurrency.hold)[0]?.slice(2)).toEqual(['1', '0', '0', '0']);
    concurrency.hold.release(1);
    expect(concurrency.limit.slice.inHand).toBe(piecesOf(1));
  });

  it.each<QuotaKind>(['credit', 'requests_per_minute', 'tokens_per_minute'])(
    'of %s counts against nothing where no provider was asked',
    (kind) => {
      const { limit, hold } = held(kind, piecesOf(100));
      const use = { credit: 3n, tokens: 5n, wasSent: false, isFinal: false };
      expect(settle(use, hold)[0]?.slice(3)).toEqual(['0', '0', '0']);
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

describe('giving back', () => {
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
    expect(book.takeReturns()).toEqual([['credit', 0, '7.123456789002']]);
    expect(book.hasReturns).toBe(false);
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
    expect(book.takeReturns()).toEqual([
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
    expect(book.takeReturns()).toHaveLength(1);
  });

  it('of what was forgotten meanwhile is not lost while a call still holds something', () => {
    const book = new SliceBook();
    const limit = limitOf('credit', book);
    give(book, limit, 111_111_111_121n);
    book.take([limit], NEEDS, 0);
    const hold = new Hold([limit], NEEDS);
    for (let second = 0; second < 500; second++) book.tick(0);
    expect(book.takeReturns()).toEqual([['credit', 0, usd(111_111_111_111n)]]);
    hold.release(0);
    book.tick(0);
    expect(book.takeReturns()).toEqual([['credit', 0, '0.00000000001']]);
    for (let second = 0; second < 500; second++) book.tick(0);
    expect(book.sliceOf('credit')).not.toBe(limit.slice);
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
  });
});

describe('wantOf', () => {
  it('is sixteen holds at first, and a minute of calls when there are many', () => {
    const book = new SliceBook();
    const limit = limitOf('credit', book);
    expect(wantOf(limit.slice, 10n)).toBe(160n);
    give(book, limit, 1_000n);
    book.take([limit], NEEDS, 0);
    expect(wantOf(limit.slice, 1n)).toBe(600n);
    book.tick(0);
    expect(wantOf(limit.slice, 1n)).toBe(240n);
    for (let second = 0; second < 20; second++) {
      for (let call = 0; call < 5; call++) {
        limit.slice.inHand = 10n;
        book.take([limit], NEEDS, 0);
      }
      book.tick(0);
    }
    expect(wantOf(limit.slice, 1n)).toBeGreaterThan(2_800n);
    expect(wantOf(limit.slice, 1n)).toBeLessThanOrEqual(3_000n);
  });
});

describe('OrganizationLimits', () => {
  const principal = makePrincipal({ memberId: 'mem_1', keyChain: ['key_1', 'key_0'] });
  const subject = { principal, tags: {}, isFree: false, isCharged: true };
  const at = (id: string, more: object): Limit => {
    const limit = limitOf('requests_per_minute', new SliceBook(), id);
    return { ...limit, quota: { ...limit.quota, ...more } };
  };
  const limits = new OrganizationLimits(
    [
      at('project', { scope: 'project', scopeId: 'prj_1' }),
      at('other project', { scope: 'project', scopeId: 'prj_2' }),
      at('member', { scope: 'member', scopeId: 'mem_1' }),
      at('other member', { scope: 'member', scopeId: 'mem_2' }),
      at('key', { scope: 'api_key', scopeId: 'key_1' }),
      at('key above', { scope: 'api_key', scopeId: 'key_0' }),
      at('other key', { scope: 'api_key', scopeId: 'key_2' }),
      at('free', { scope: 'free_models', scopeId: 'org_1' }),
      at('team', { scope: 'tag', scopeId: 'org_1', tagName: 'team', tagValue: null }),
      at('team a', { scope: 'tag', scopeId: 'org_1', tagName: 'team', tagValue: 'a' }),
      at('prototype', { scope: 'tag', scopeId: 'org_1', tagName: 'constructor', tagValue: null }),
      at('organization', {}),
      at('wallet', { kind: 'credit' }),
    ],
    0,
  );
  const idsOf = (more: object): string[] =>
    limits.of({ ...subject, ...more }).map(({ quota }) => quota.id);

  it('hold by organization, project, member and chain of keys, the wallet first', () => {
    const expected = ['wallet', 'project', 'member', 'key', 'key above', 'organization'];
    expect(idsOf({})).toEqual(expected);
    expect(idsOf({})).toEqual(expected);
    expect(idsOf({ principal: makePrincipal() })).toEqual([
      'wallet',
      'project',
      'key',
      'organization',
    ]);
  });

  it('hold by tag, for one value or for any', () => {
    expect(idsOf({ tags: { team: 'a' } })).toEqual(expect.arrayContaining(['team', 'team a']));
    expect(idsOf({ tags: { team: 'b' } })).toContain('team');
    expect(idsOf({ tags: { team: 'b' } })).not.toContain('team a');
    expect(idsOf({ tags: { other: 'a' } })).not.toContain('team');
    expect(idsOf({})).not.toContain('prototype');
  });

  it('are those of free models for these alone, and the wallet where it pays', () => {
    expect(idsOf({ isFree: true })).toContain('free');
    expect(idsOf({ isCharged: false })).not.toContain('wallet');
    expect(idsOf({})).not.toContain('free');
    expect(idsOf({})).toContain('wallet');
  });
});
