import { describe, expect, it } from '@jest/globals';
import { giveTo, limitOf, NEEDS } from '../../../test/support/limits.js';
import { piecesOf } from './amount.js';
import { Hold } from './hold.js';
import { Ask, LeaseQueue } from './lease-queue.js';
import { applyAnswer, composeTurn, type Waiter } from './lease-turn.js';
import type { Limit } from './limit.js';
import type { LeaseAnswer } from './quota.js';
import { SliceBook } from './slice-book.js';

const waiterOf = (limits: readonly Limit[], refusals = 0, credit = 10n): Waiter => ({
  limits,
  needs: { ...NEEDS, credit },
  refusals,
});

const answerOf = (more: Partial<LeaseAnswer>): LeaseAnswer => ({
  granted: [],
  refused: [],
  extra: [],
  quotas: [],
  recalled: [],
  now: 0,
  ...more,
});

const USD = '0.000000000001';
const NONE: ReadonlySet<string> = new Set();

describe('composeTurn', () => {
  it('asks for all that wait, each with all of its limits, and for more of each', () => {
    const book = new SliceBook();
    const [wallet, requests] = [limitOf('credit', book), limitOf('requests_per_minute', book)];
    const waiters = [waiterOf([wallet, requests]), waiterOf([wallet], 0, 1_000_000_000_000n)];
    const { request } = composeTurn(waiters, book, 0);
    expect(request).toEqual({
      returns: [],
      needs: [
        [
          ['credit', '0.00000000001'],
          ['requests_per_minute', '1'],
        ],
        [['credit', '1']],
      ],
      wants: [
        ['credit', '16', '1'],
        ['requests_per_minute', '16', '1'],
      ],
    });
  });

  it('takes back what a call that was refused has in hand, and asks for no more than the call', () => {
    const book = new SliceBook();
    const wallet = limitOf('credit', book);
    giveTo(book, wallet, 7n);
    const { request } = composeTurn([waiterOf([wallet], 1)], book, 0);
    expect(request).toMatchObject({ returns: [['credit', 0, '0.000000000007']], wants: [] });
    expect(wallet.slice.inHand).toBe(0n);
  });

  it('gives back a hundred slices at once, and those of a call that was refused in any case', () => {
    const book = new SliceBook();
    const idle = Array.from({ length: 150 }, (_, at) => book.sliceOf(`idle ${at}`));
    const wallet = limitOf('credit', book);
    for (const slice of idle) {
      slice.enter(0, Infinity, 1_000n, 1_000n);
      slice.inHand = 1n;
      book.use(slice);
    }
    giveTo(book, wallet, 7n);
    book.recallAll(0);
    const { returns } = composeTurn([waiterOf([wallet], 1)], book, 0).request;
    expect(returns).toHaveLength(101);
    expect(returns).toContainEqual(['credit', 0, '0.000000000007']);
    expect(composeTurn([], book, 0).request.returns).toHaveLength(50);
    expect(book.hasReturns).toBe(false);
  });

  it('leaves what is in hand to others while a call asks for the first time', () => {
    const book = new SliceBook();
    const wallet = limitOf('credit', book);
    giveTo(book, wallet, 7n);
    expect(composeTurn([waiterOf([wallet])], book, 0).request.returns).toEqual([]);
    expect(wallet.slice.inHand).toBe(7n);
  });
});

/** A wallet of which calls took a lot in the last second, and of which little is left in hand. */
function lowWallet(book: SliceBook): Limit {
  const wallet = limitOf('credit', book);
  giveTo(book, wallet, 30n);
  for (let call = 0; call < 2; call++) book.take([wallet], NEEDS, 0);
  book.tick(0);
  return wallet;
}

describe('what runs low', () => {
  const LOW = ['credit', '0.00000000047', '0.00000000001'];

  it('is asked for without a call that needs it', () => {
    const book = new SliceBook();
    const { slice } = lowWallet(book);
    const { request, slices } = composeTurn([], book, 0, book.takeLow(9));
    expect(request).toEqual({ returns: [], needs: [], wants: [LOW] });
    expect(slices.get('credit')).toBe(slice);
  });

  it('is asked for once where a call asks for it too', () => {
    const book = new SliceBook();
    const wallet = lowWallet(book);
    const { request } = composeTurn([waiterOf([wallet])], book, 0, book.takeLow(9));
    expect(request.wants).toEqual([['credit', '0.00000000048', '0.00000000001']]);
    const again = composeTurn([waiterOf([wallet], 1)], book, 0, [wallet.slice]);
    expect(again.request.wants).toEqual([]);
  });

  it('is not asked for where others ran short of it meanwhile', () => {
    const book = new SliceBook();
    lowWallet(book);
    const low = book.takeLow(9);
    book.recall('credit', 0);
    expect(low).toHaveLength(1);
    expect(composeTurn([], book, 0, low).request.wants).toEqual([]);
  });

  it.each<[string, Partial<LeaseAnswer>, boolean]>([
    ['given in full', { extra: [['credit', '0.00000000047']] }, false],
    ['given in part', { extra: [['credit', '0.00000000046']] }, true],
    ['not given', {}, true],
    [
      'given in full, and asked for by others',
      { extra: [['credit', '0.00000000047']], recalled: ['credit'] },
      true,
    ],
  ])('makes its quota scarce or not: %s', (_case, answer, isScarce) => {
    const book = new SliceBook();
    const { slice } = lowWallet(book);
    const turn = composeTurn([], book, 0, book.takeLow(9));
    applyAnswer(turn, answerOf(answer), book, 0);
    expect(slice.isScarce).toBe(isScarce);
  });

  it('is not scarce any more once a call gets all that is wanted', () => {
    const book = new SliceBook();
    const wallet = lowWallet(book);
    const refused = { need: 0, quota: 'credit', reset_ms: null, final: false, left: '0' };
    const refusing = composeTurn([waiterOf([wallet], 1)], book, 0);
    applyAnswer(refusing, answerOf({ refused: [refused] }), book, 0);
    expect(wallet.slice.isScarce).toBe(true);
    const turn = composeTurn([waiterOf([wallet])], book, 0);
    const [[, extra] = ['', '']] = turn.request.wants;
    applyAnswer(turn, answerOf({ granted: [0], extra: [['credit', extra]] }), book, 0);
    expect(wallet.slice.isScarce).toBe(false);
  });
});

describe('applyAnswer', () => {
  it('gives what was granted to the call, and what is extra to the hand', () => {
    const book = new SliceBook();
    const wallet = limitOf('credit', book);
    const turn = composeTurn([waiterOf([wallet])], book, 0);
    const answer = answerOf({
      granted: [0],
      extra: [['credit', '0.000000000005']],
      quotas: [['credit', 0, null, '3', '2']],
    });
    const [outcome] = applyAnswer(turn, answer, book, 0);
    expect(outcome).toEqual({ waiter: turn.waiters[0], hold: expect.any(Hold) });
    expect(wallet.slice).toMatchObject({
      inHand: 5n,
      cap: 3_000_000_000_000n,
      left: 2_000_000_000_000n,
      taken: 10n,
      holds: 1,
    });
    book.recallAll(0);
    expect(book.takeReturns(NONE, 10)).toEqual([['credit', 0, '0.000000000005']]);
  });

  it('ends a window as long after the statement was first sent as Postgres says', () => {
    const book = new SliceBook();
    const requests = limitOf('requests_per_minute', book);
    const turn = composeTurn([waiterOf([requests])], book, 0);
    const answer = answerOf({
      granted: [0],
      extra: [['requests_per_minute', '3']],
      quotas: [['requests_per_minute', 60, 500, '9', '5']],
    });
    const [outcome] = applyAnswer(turn, answer, book, 1_000);
    const hold = outcome && 'hold' in outcome ? outcome.hold : undefined;
    expect(hold?.entries()).toEqual([['requests_per_minute', 60, '1', 'requests_per_minute']]);
    expect(requests.slice.covers(piecesOf(3), 1_499)).toBe(true);
    expect(requests.slice.covers(piecesOf(3), 1_500)).toBe(false);
  });

  it('tells which limit refused a call, and counts it', () => {
    const book = new SliceBook();
    const [wallet, requests] = [limitOf('credit', book), limitOf('requests_per_minute', book)];
    const turn = composeTurn([waiterOf([wallet, requests])], book, 0);
    const refused = { need: 0, quota: 'requests_per_minute', reset_ms: 5, final: false, left: '0' };
    const outcomes = applyAnswer(turn, answerOf({ refused: [refused] }), book, 0);
    expect(outcomes).toEqual([{ waiter: turn.waiters[0], refused, limit: requests }]);
    expect(turn.waiters[0]?.refusals).toBe(1);
  });

  it('gives back what others have asked for unheard', () => {
    const book = new SliceBook();
    giveTo(book, limitOf('credit', book), 1n);
    applyAnswer(composeTurn([], book, 0), answerOf({ recalled: ['credit'] }), book, 0);
    expect(book.takeReturns(NONE, 10)).toEqual([['credit', 0, USD]]);
  });
});

describe('LeaseQueue', () => {
  const ask = (since: number): { ask: Ask; ends: unknown[] } => {
    const ends: unknown[] = [];
    return { ask: new Ask([], NEEDS, since, (end) => ends.push(end)), ends };
  };

  it('gives those that are due, in the order in which they came, and not those that are over', () => {
    const queue = new LeaseQueue();
    const [one, two, three, four] = [ask(1).ask, ask(2).ask, ask(3).ask, ask(4).ask];
    for (const each of [one, two, three, four]) queue.add(each);
    two.notBefore = 100;
    three.end(new Error('late'));
    expect(queue.takeDue(10, 1)).toEqual([one]);
    expect(queue.nextAt()).toBe(4);
    expect(queue.takeDue(10, 5)).toEqual([four]);
    expect(queue.nextAt()).toBe(100);
    expect(queue.takeDue(100, 5)).toEqual([two]);
    expect(queue.nextAt()).toBeUndefined();
  });

  it('ends each call once', () => {
    const queue = new LeaseQueue();
    const { ask: one, ends } = ask(1);
    queue.add(one);
    const error = new Error('first');
    expect(one.end(error)).toBe(true);
    expect(one.end(new Hold([], NEEDS))).toBe(false);
    queue.refuseAll(new Error('all'));
    expect(ends).toEqual([error]);
  });
});
