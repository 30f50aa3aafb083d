import { describe, expect, it } from '@jest/globals';
import { parseUsd } from '../../core/money.js';
import type { PriceConditions } from '../../core/price.js';
import { holdsAt, selectComponents, type Circumstances } from './select.js';

const NOON = Date.UTC(2026, 10, 23, 12);

function selected(
  prices: readonly (readonly [string, PriceConditions?])[],
  circumstances: Partial<Circumstances>,
) {
  const components = prices.map(([amount, conditions = {}]) => ({
    meter: 'input' as const,
    price: parseUsd(amount),
    conditions,
  }));
  const version = { id: 'pv', validFrom: 0, components };
  const price = selectComponents(version, { inputTokens: 0, at: NOON, ...circumstances }).get(
    'input',
  )?.price;
  return prices.find(([amount]) => parseUsd(amount) === price)?.[0];
}

describe('selectComponents', () => {
  const tiers = [
    ['1'],
    ['2', { inputTokensAbove: 128_000 }],
    ['3', { inputTokensAbove: 256_000 }],
  ] as const;

  it.each([
    [128_000, '1'],
    [128_001, '2'],
    [256_000, '2'],
    [256_001, '3'],
  ])('counts a threshold strictly: %d tokens cost %s', (inputTokens, price) => {
    expect(selected(tiers, { inputTokens })).toBe(price);
    expect(selected([...tiers].reverse(), { inputTokens })).toBe(price);
  });

  it.each([
    [undefined, '2'],
    ['default', '2'],
    ['standard', '2'],
    ['on_demand', '2'],
    ['flex', '1'],
    ['priority', '4'],
    ['scale', '2'],
  ])('takes the tier as answered: %s', (serviceTier, price) => {
    const prices = [
      ['2'],
      ['1', { serviceTier: 'flex' }],
      ['4', { serviceTier: 'priority' }],
    ] as const;
    expect(selected(prices, { serviceTier })).toBe(price);
  });

  it.each([undefined, '', 'auto', 'default', 'standard', 'on_demand'])(
    'takes %s for the default tier',
    (serviceTier) => {
      expect(selected([['1', { serviceTier: 'default' }]], { serviceTier })).toBe('1');
    },
  );

  it('takes the higher threshold even where it is cheaper', () => {
    const prices = [
      ['2', { inputTokensAbove: 10 }],
      ['1', { inputTokensAbove: 20 }],
    ] as const;
    expect(selected(prices, { inputTokens: 21 })).toBe('1');
  });

  it('prefers what meets two conditions to what meets one', () => {
    const prices = [
      ['5', { inputTokensAbove: 10 }],
      ['2', { inputTokensAbove: 10, serviceTier: 'flex' }],
      ['1', { serviceTier: 'flex' }],
    ] as const;
    expect(selected(prices, { inputTokens: 11, serviceTier: 'flex' })).toBe('2');
  });

  it('takes the dearer price where nobody has published the combination', () => {
    const long = ['5', { inputTokensAbove: 10 }] as const;
    expect(
      selected([long, ['1', { serviceTier: 'flex' }]], { inputTokens: 11, serviceTier: 'flex' }),
    ).toBe('5');
    expect(
      selected([['9', { serviceTier: 'priority' }], long], {
        inputTokens: 11,
        serviceTier: 'priority',
      }),
    ).toBe('9');
  });

  it('has nothing for a meter whose conditions do not hold', () => {
    expect(selected([['1', { searchContextSize: 'low' }]], {})).toBeUndefined();
    expect(selected([['1', { searchContextSize: 'low' }]], { searchContextSize: 'low' })).toBe('1');
  });
});

describe('holdsAt', () => {
  const peak = {
    utcWindows: [
      { fromMinute: 60, toMinute: 240 },
      { fromMinute: 360, toMinute: 600 },
    ],
    weekdays: [1, 2, 3, 4, 5],
  };

  it.each([
    ['2026-11-23T00:59:59.999Z', false],
    ['2026-11-23T01:00:00Z', true],
    ['2026-11-23T03:59:59.999Z', true],
    ['2026-11-23T04:00:00Z', false],
    ['2026-11-23T09:59:59Z', true],
    ['2026-11-22T02:00:00Z', false],
    ['2026-11-28T02:00:00Z', false],
  ])('%s is peak: %s', (time, isPeak) => {
    expect(holdsAt(peak, Date.parse(time))).toBe(isPeak);
  });
});
