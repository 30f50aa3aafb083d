import { describe, expect, it } from '@jest/globals';
import { NO_RULES } from '../../core/rules/rule-set.js';
import { makeOffer, makeSnapshot, version } from '../../../test/support/catalogue.js';
import { RecentLists, type ListSubject } from './recent-lists.js';

const offer = makeOffer('groq', 'llama', { prices: [version('1', '2'), version('2', '3', 1_000)] });
const snapshot = makeSnapshot([offer]);
const own = {};
const subject: ListSubject = { snapshot, own, rules: NO_RULES, key: 'groq' };

/** Asks, and tells how often a list was written since it was made. */
function counted(lists: RecentLists) {
  let written = 0;
  const ask = (more: Partial<ListSubject> = {}, at = 0): string =>
    lists.of({ ...subject, ...more }, at, () => `list ${++written}`);
  return { ask, written: () => written };
}

describe('RecentLists', () => {
  it('writes a list once for all who may see the same', () => {
    const { ask, written } = counted(new RecentLists(4));
    expect([ask(), ask(), ask({ rules: NO_RULES })]).toEqual(['list 1', 'list 1', 'list 1']);
    expect(written()).toBe(1);
  });

  it.each([
    ['another snapshot', { snapshot: makeSnapshot([offer]) }],
    ['other providers of the organization', { own: {} }],
    ['other rules', { rules: { ...NO_RULES } }],
    ['other providers', { key: 'groq,xai' }],
  ])('writes it anew for %s', (_what, more) => {
    const { ask } = counted(new RecentLists(4));
    ask();
    expect(ask(more)).toBe('list 2');
  });

  it('writes it anew when a price has begun', () => {
    const { ask } = counted(new RecentLists(4));
    expect([ask({}, 999), ask({}, 1_000), ask({}, 5_000)]).toEqual(['list 1', 'list 2', 'list 2']);
  });

  it('keeps those that were asked for last', () => {
    const { ask } = counted(new RecentLists(2));
    ask({ key: 'a' });
    ask({ key: 'b' });
    ask({ key: 'a' });
    ask({ key: 'c' });
    expect(ask({ key: 'a' })).toBe('list 1');
    expect(ask({ key: 'b' })).toBe('list 4');
  });

  it('keeps nothing of a snapshot that is gone', () => {
    const { ask } = counted(new RecentLists(4));
    ask();
    ask({ snapshot: makeSnapshot([offer]) });
    expect(ask()).toBe('list 3');
  });
});
