import { describe, expect, it } from '@jest/globals';
import { ONE, formatUsd, parseMultiplier, parseUsd, type Multiplier } from '../../core/money.js';
import { meterSet } from '../../core/meter-set.js';
import type { Meter, PriceConditions } from '../../core/price.js';
import { estimateHold, type HoldInput } from './estimate.js';

type Price = readonly [Meter, string, PriceConditions?];

const BASE: readonly Price[] = [
  ['input', '2.5'],
  ['output', '10'],
];

function hold(
  prices: readonly Price[],
  input: Partial<HoldInput> = {},
  multiplier: Multiplier = ONE,
): string {
  const components = prices.map(([meter, usd, conditions = {}]) => ({
    meter,
    price: parseUsd(usd),
    conditions,
  }));
  const bounds = { inputTokensHigh: 1_000, maxOutputTokens: 100, at: 0, ...input };
  return formatUsd(estimateHold(bounds, { id: 'pv', validFrom: 0, components }, multiplier));
}

describe('estimateHold', () => {
  it('is all input and all output at their prices', () => {
    expect(hold(BASE)).toBe('0.0035');
    expect(hold(BASE, { n: 3 })).toBe('0.0055');
    expect(hold(BASE, {}, parseMultiplier('1.5'))).toBe('0.00525');
  });

  it('takes the dearest meter of either side, unless the call cannot touch it', () => {
    const prices: readonly Price[] = [...BASE, ['cache_write_1h', '5'], ['output_audio', '20']];
    expect(hold(prices)).toBe('0.007');
    expect(hold(prices, { excludedMeters: meterSet('cache_write_1h', 'output_audio') })).toBe(
      '0.0035',
    );
  });

  it('takes the meters of images and audio for as much of the input as may be that', () => {
    const prices: readonly Price[] = [...BASE, ['input_audio', '40']];
    expect(hold(prices)).toBe('0.041');
    expect(hold(prices, { mediaTokensHigh: 0 })).toBe('0.0035');
    expect(hold(prices, { mediaTokensHigh: 100 })).toBe('0.00725');
    expect(hold(prices, { mediaTokensHigh: 2_000 })).toBe('0.041');
    // Media may also be counted as text.
    expect(hold([...BASE, ['input_image', '1']], { mediaTokensHigh: 1_000 })).toBe('0.0035');
  });

  it('counts a threshold only when the input can pass it', () => {
    const prices: readonly Price[] = [...BASE, ['input', '5', { inputTokensAbove: 1_000 }]];
    expect(hold(prices)).toBe('0.0035');
    expect(hold(prices, { inputTokensHigh: 1_001 })).toBe('0.006005');
  });

  it.each([
    [undefined, '0.007'],
    ['auto', '0.007'],
    ['default', '0.0035'],
    ['flex', '0.0035'],
    ['priority', '0.007'],
    ['ultrafast', '0.035'],
  ])('counts the tiers that can serve a request for %s', (serviceTier, expected) => {
    const prices = BASE.flatMap(([meter, usd]): Price[] => [
      [meter, usd],
      [meter, String(Number(usd) / 2), { serviceTier: 'flex' }],
      [meter, String(Number(usd) * 2), { serviceTier: 'priority' }],
      [meter, String(Number(usd) * 10), { serviceTier: 'ultrafast' }],
    ]);
    expect(hold(prices, serviceTier === undefined ? {} : { serviceTier })).toBe(expected);
  });

  it('includes the request fee and every search', () => {
    const prices: readonly Price[] = [...BASE, ['request', '5000'], ['web_search', '10000']];
    expect(hold(prices, { webSearches: 3 })).toBe('0.0385');
  });

  it('covers lines that each round up by themselves', () => {
    const half: Price = ['input', '0.000000000001'];
    const prices: readonly Price[] = [half, ['cache_read', half[1]], ['output', '0']];
    expect(parseUsd(hold(prices, { inputTokensHigh: 1_000_000 }))).toBeGreaterThanOrEqual(2n);
  });

  it('refuses what has no price', () => {
    expect(() => hold(BASE, { webSearches: 1 })).toThrow(
      expect.objectContaining({ code: 'model_not_priced' }),
    );
    expect(() => hold([['input', '1']])).toThrow(
      expect.objectContaining({ code: 'model_not_priced' }),
    );
    expect(() =>
      hold([
        ['cache_read', '1'],
        ['output', '1'],
      ]),
    ).toThrow(expect.objectContaining({ code: 'model_not_priced' }));
  });

  it('takes an embedding, which has no output, and a price of zero', () => {
    expect(hold([['input', '1']], { maxOutputTokens: 0 })).toBe('0.001');
    expect(
      hold([
        ['input', '0'],
        ['output', '0'],
      ]),
    ).toBe('0');
  });

  it.each([
    { inputTokensHigh: -1 },
    { mediaTokensHigh: -1 },
    { maxOutputTokens: 0.5 },
    { n: Number.NaN },
    { webSearches: Infinity },
  ])('refuses bounds that are not counts: %p', (bounds) => {
    expect(() => hold([...BASE, ['web_search', '1']], bounds)).toThrow(RangeError);
  });
});
