import { describe, expect, it } from '@jest/globals';
import { component } from '../../test/support/catalogue.js';
import { makePrincipal } from '../../test/support/principal.js';
import { makeTarget } from '../../test/support/target.js';
import { parseMultiplier, parseUsd } from '../core/money.js';
import type { Usage } from '../core/usage.js';
import { attemptCost } from './call-identity.js';

const call = { principal: makePrincipal({ planMultiplier: parseMultiplier('2') }), startedAt: 0 };

function costOf(usage: Usage | undefined, owner: 'platform' | 'organization' = 'platform') {
  const base = makeTarget();
  const price = { ...base.price, components: [component('input', '1'), component('output', '2')] };
  const target = { ...base, price, credential: { ...base.credential, owner } };
  return attemptCost({ target }, usage, call);
}

describe('what a failed attempt cost us', () => {
  const usage: Usage = { promptTokens: 1_000, completionTokens: 100 };

  it('is the list price of what its provider told, whatever the plan', () => {
    expect(costOf(usage)).toEqual({ provider: 'test', model: 'test-model', cost: '0.0012' });
  });

  it('is what the provider reported', () => {
    expect(costOf({ ...usage, reportedCost: parseUsd('0.5') })?.cost).toBe('0.5');
  });

  it('is nothing where nothing was told, or nothing used, or the key is not ours', () => {
    expect(costOf(undefined)).toBeUndefined();
    expect(costOf({ promptTokens: 0, completionTokens: 0 })).toBeUndefined();
    expect(costOf(usage, 'organization')).toBeUndefined();
  });
});
