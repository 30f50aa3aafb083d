import { describe, expect, it } from '@jest/globals';
import { normalServiceTier, tierMayServe } from './service-tier.js';

describe('service tiers', () => {
  it.each([undefined, '', 'auto', 'default', 'standard', 'on_demand'])(
    '%s is the one of list prices',
    (name) => {
      expect(normalServiceTier(name)).toBe('default');
    },
  );

  it.each([
    [undefined, 'priority', true],
    ['default', undefined, true],
    ['default', 'standard', true],
    ['priority', undefined, true],
    ['priority', 'auto', true],
    ['flex', undefined, true],
    ['priority', 'default', false],
    ['priority', 'priority', true],
    ['fast', undefined, false],
    ['fast', 'fast', true],
    ['batch', 'auto', false],
  ])('a price of %s may be that of a call asking for %s: %s', (priced, requested, expected) => {
    expect(tierMayServe(priced, requested)).toBe(expected);
  });
});
