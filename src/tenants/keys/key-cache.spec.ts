import { describe, expect, it } from '@jest/globals';
import { makePrincipal } from '../../../test/support/principal.js';
import { KeyCache } from './key-cache.js';
import type { KnownKey } from './key-row.js';

const keyOf = (organizationId: string): KnownKey => ({
  principal: makePrincipal({ organizationId }),
  standing: { refusal: undefined, expiresAt: Infinity, parentsExpireAt: Infinity },
  readAt: 0,
});

describe('KeyCache', () => {
  it('forgets the keys of one organization and no other', () => {
    const cache = new KeyCache(10);
    for (const [hash, organization] of [
      ['a', '1'],
      ['b', '2'],
      ['c', '1'],
    ] as const)
      cache.remember(hash, keyOf(organization));
    cache.forgetOrganization('1');
    expect(['a', 'b', 'c'].filter((hash) => cache.get(hash))).toEqual(['b']);
    cache.forgetOrganization('1');
    cache.forget('b');
    expect(cache.get('b')).toBeUndefined();
    // What was forgotten may come again.
    cache.remember('a', keyOf('1'));
    cache.forgetOrganization('2');
    expect(cache.get('a')).toBeDefined();
  });

  it('the one that was remembered longest ago makes room', () => {
    const cache = new KeyCache(2);
    cache.remember('a', keyOf('1'));
    cache.remember('b', keyOf('1'));
    cache.remember('a', keyOf('1'));
    cache.remember('c', keyOf('2'));
    expect(['a', 'b', 'c'].filter((hash) => cache.get(hash))).toEqual(['a', 'c']);
  });

  it('a key that moved to another organization is forgotten with that one', () => {
    const cache = new KeyCache(2);
    cache.remember('a', keyOf('1'));
    cache.remember('a', keyOf('2'));
    cache.forgetOrganization('1');
    expect(cache.get('a')).toBeDefined();
    cache.forgetOrganization('2');
    expect(cache.get('a')).toBeUndefined();
  });
});
