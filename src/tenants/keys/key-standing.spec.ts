import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  refusalAt,
  refusalError,
  standingOf,
  type KeyCircumstances,
  type KeyLink,
} from './key-standing.js';

const NOW = 1_000_000;
const LINK: KeyLink = { id: 'key_1', status: 'active', expires_at: null, may_create_keys: true };
const SOUND: KeyCircumstances = {
  organization_status: 'active',
  project_status: 'active',
  member_status: null,
  chain: [LINK],
};

/** The code with which a key is refused at NOW; undefined: it is not. */
function codeOf(more: Partial<KeyCircumstances>): string | undefined {
  const refusal = refusalAt(standingOf({ ...SOUND, ...more }), NOW);
  return refusal && refusalError(refusal).code;
}

const ofKey = (more: Partial<KeyLink>) => ({ chain: [{ ...LINK, ...more }, LINK] });
const ofParent = (more: Partial<KeyLink>) => ({ chain: [LINK, LINK, { ...LINK, ...more }] });

describe('the standing of a key', () => {
  it.each([
    ['nothing wrong', {}, undefined],
    ['a member that is there', { member_status: 'active' }, undefined],
    ['an expiry to come', ofKey({ expires_at: NOW + 1 }), undefined],
    ['no rows', { chain: [] }, 'invalid_api_key'],
    ['revoked', ofKey({ status: 'revoked' }), 'invalid_api_key'],
    ['disabled', ofKey({ status: 'disabled' }), 'key_disabled'],
    ['expired', ofKey({ expires_at: NOW }), 'key_expired'],
    ['a status of another version', ofKey({ status: 'new' }), 'key_disabled'],
    ['organization deleted', { organization_status: 'deleted' }, 'invalid_api_key'],
    ['organization suspended', { organization_status: 'suspended' }, 'key_disabled'],
    ['project archived', { project_status: 'archived' }, 'key_disabled'],
    ['member removed', { member_status: 'removed' }, 'key_disabled'],
    ['a parent revoked', ofParent({ status: 'revoked' }), 'key_disabled'],
    ['a parent disabled', ofParent({ status: 'disabled' }), 'key_disabled'],
    ['a parent expired', ofParent({ expires_at: NOW }), 'key_disabled'],
    ['a parent with an expiry to come', ofParent({ expires_at: NOW + 1 }), undefined],
  ] satisfies [string, Partial<KeyCircumstances>, string | undefined][])('%s', (_, more, code) => {
    expect(codeOf(more)).toBe(code);
  });

  it('what is gone for good is told like what never was', () => {
    expect(refusalError('unknown').message).toBe(
      refusalError(refusalAt(standingOf({ ...SOUND, chain: [] }), NOW) ?? 'expired').message,
    );
  });
});

const link = fc.record({
  id: fc.string(),
  status: fc.constantFrom('active', 'active', 'active', 'disabled', 'revoked'),
  expires_at: fc.oneof(fc.constant(null), fc.integer({ min: NOW - 50, max: NOW + 50 })),
  may_create_keys: fc.boolean(),
});
/** A tree: every key but the first names one before it as its parent. */
const tree = fc.array(fc.tuple(link, fc.nat()), { minLength: 1, maxLength: 30 });

describe('in any tree of keys', () => {
  it('a key is good only while every key that made it is', () => {
    const circumstances = fc.record({
      organization_status: fc.constantFrom('active', 'active', 'suspended', 'deleted'),
      project_status: fc.constantFrom('active', 'active', 'archived'),
    });
    fc.assert(
      fc.property(
        tree,
        circumstances,
        fc.integer({ min: NOW - 60, max: NOW + 60 }),
        (keys, around, now) => {
          const chains: KeyLink[][] = [];
          for (const [key, pick] of keys) {
            const parent = chains.length === 0 ? [] : (chains[pick % chains.length] ?? []);
            chains.push([key, ...parent]);
          }
          const isGood = (chain: readonly KeyLink[]) =>
            refusalAt(standingOf({ ...around, member_status: null, chain }), now) === undefined;
          for (const chain of chains) {
            if (!isGood(chain)) continue;
            for (let above = 1; above < chain.length; above++)
              expect(isGood(chain.slice(above))).toBe(true);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
