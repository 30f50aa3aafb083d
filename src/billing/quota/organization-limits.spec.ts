import { describe, expect, it } from '@jest/globals';
import { limitOf } from '../../../test/support/limits.js';
import { makePrincipal } from '../../../test/support/principal.js';
import type { Limit } from './limit.js';
import { OrganizationLimits } from './organization-limits.js';
import { SliceBook } from './slice-book.js';

describe('OrganizationLimits', () => {
  const principal = makePrincipal({ memberId: 'mem_1', keyChain: ['key_1', 'key_0'] });
  const subject = { principal, tags: {}, isFree: false, isCharged: true };
  const at = (id: string, more: Partial<Limit['quota']>): Limit =>
    limitOf('requests_per_minute', new SliceBook(), { id, ...more });
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
