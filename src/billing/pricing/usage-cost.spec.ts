import { describe, expect, it } from '@jest/globals';
import { METERS } from '../../core/price.js';
import { usageCost } from './usage-cost.js';

describe('usageCost', () => {
  it('always has input, cached input, output and request', () => {
    expect(usageCost([])).toEqual([
      ['cost_usd_total', 0n],
      ['cost_usd_input', 0n],
      ['cost_usd_cached_input', 0n],
      ['cost_usd_output', 0n],
      ['cost_usd_request', 0n],
    ]);
  });

  it('puts every meter into exactly one field', () => {
    const lines = METERS.map((meter, index) => ({
      meter,
      quantity: 1,
      amount: 10n ** BigInt(index),
    }));
    expect(Object.fromEntries(usageCost(lines))).toEqual({
      cost_usd_total: BigInt('1'.repeat(METERS.length)),
      cost_usd_input: 10n ** BigInt(METERS.indexOf('input')),
      cost_usd_cached_input: 10n ** BigInt(METERS.indexOf('cache_read')),
      cost_usd_output:
        10n ** BigInt(METERS.indexOf('output')) + 10n ** BigInt(METERS.indexOf('reasoning')),
      cost_usd_request: 10n ** BigInt(METERS.indexOf('request')),
      cost_usd_cache_write: 111_000n,
      cost_usd_audio: 1_110_000_000n,
      cost_usd_image: 110_000_000_000n,
      cost_usd_web_search: 10n ** BigInt(METERS.indexOf('web_search')),
    });
  });
});
