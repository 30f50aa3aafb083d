import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sumOf, priceUsage } from '../../src/billing/pricing/cost-lines.js';
import { decompose } from '../../src/billing/pricing/decompose.js';
import { estimateHold } from '../../src/billing/pricing/estimate.js';
import { usageCost } from '../../src/billing/pricing/usage-cost.js';
import { formatUsd, parseUsd } from '../../src/core/money.js';
import {
  METERS,
  type Meter,
  type PriceComponent,
  type PriceConditions,
  type PriceVersion,
} from '../../src/core/price.js';
import type { Usage } from '../../src/core/usage.js';

const TIERS = ['default', 'flex', 'priority', 'batch'] as const;

/** So many tokens in disjoint parts; what is left over is plain text. */
const usages: fc.Arbitrary<Usage> = fc
  .record({
    text: fc.nat(300_000),
    cachedText: fc.nat(50_000),
    cachedAudioTokens: fc.nat(1_000),
    freshAudio: fc.nat(1_000),
    promptImageTokens: fc.nat(1_000),
    cacheWrite5mTokens: fc.nat(50_000),
    cacheWrite1hTokens: fc.nat(50_000),
    cacheWriteTokens: fc.nat(50_000),
    answer: fc.nat(100_000),
    reasoningTokens: fc.nat(100_000),
    completionAudioTokens: fc.nat(1_000),
    completionImageTokens: fc.nat(1_000),
    webSearches: fc.nat(5),
    serviceTier: fc.constantFrom(...TIERS),
  })
  .map(({ text, cachedText, freshAudio, answer, ...parts }) => ({
    ...parts,
    cachedTokens: cachedText + parts.cachedAudioTokens,
    promptAudioTokens: freshAudio + parts.cachedAudioTokens,
    promptTokens:
      text +
      cachedText +
      parts.cachedAudioTokens +
      freshAudio +
      parts.promptImageTokens +
      parts.cacheWrite5mTokens +
      parts.cacheWrite1hTokens +
      parts.cacheWriteTokens,
    completionTokens:
      answer + parts.reasoningTokens + parts.completionAudioTokens + parts.completionImageTokens,
  }));

const conditions: fc.Arbitrary<PriceConditions> = fc.record(
  {
    inputTokensAbove: fc.constantFrom(100_000, 200_000),
    serviceTier: fc.constantFrom(...TIERS),
    weekdays: fc.subarray([0, 1, 2, 3, 4, 5, 6]),
  },
  { requiredKeys: [] },
);

/** Prices of every meter, each a plain one and some under conditions, uneven enough to need rounding. */
const versions: fc.Arbitrary<PriceVersion> = fc
  .tuple(
    fc.oneof(
      fc.array(fc.bigInt(0n, 10n ** 14n), { minLength: METERS.length, maxLength: METERS.length }),
      // The same for all, and so low that rounding is most of it.
      fc.bigInt(0n, 20n).map((price) => METERS.map(() => price)),
    ),
    fc.array(
      fc.record({
        meter: fc.constantFrom(...METERS),
        price: fc.bigInt(0n, 10n ** 14n),
        conditions,
      }),
      {
        maxLength: 12,
      },
    ),
  )
  .map(([plain, conditional]) => {
    const base = METERS.map((meter, index): PriceComponent => ({
      meter,
      price: plain[index] ?? 0n,
      conditions: {},
    }));
    return { id: 'pv', validFrom: 0, components: [...base, ...conditional] };
  });

const moments = fc.integer({ min: 0, max: 4 * 10 ** 12 });
const multipliers = fc.bigInt(0n, 3_000_000n).map((millionths) => ({ millionths }));

const INPUT: readonly Meter[] = METERS.filter(
  (meter) => meter.startsWith('input') || meter.startsWith('cache'),
);
const OUTPUT: readonly Meter[] = METERS.filter(
  (meter) => meter.startsWith('output') || meter === 'reasoning',
);

describe('pricing', () => {
  it('reads back every amount that it writes', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 30n), 10n ** 30n), (amount) => {
        expect(parseUsd(formatUsd(amount))).toBe(amount);
      }),
    );
  });

  it('counts every token on exactly one meter, whatever is priced apart', () => {
    const always: readonly Meter[] = [
      'input',
      'output',
      'cache_write_1h',
      'output_audio',
      'output_image',
      'web_search',
    ];
    fc.assert(
      fc.property(usages, fc.subarray([...METERS]), (usage, others) => {
        const { units, unpriced } = decompose(
          usage,
          (meter) => always.includes(meter) || others.includes(meter),
        );
        const sum = (meters: readonly Meter[]): number =>
          meters.reduce((total, meter) => total + (units.get(meter) ?? 0), 0);
        expect(unpriced).toEqual([]);
        expect(sum(INPUT)).toBe(usage.promptTokens);
        expect(sum(OUTPUT)).toBe(usage.completionTokens);
        expect([...units.values()].every((quantity) => quantity > 0)).toBe(true);
      }),
    );
  });

  it('has lines that sum to the total, and fields that sum to it too', () => {
    fc.assert(
      fc.property(usages, versions, moments, multipliers, (usage, version, at, multiplier) => {
        const priced = priceUsage(usage, version, { at, multiplier });
        if (priced.kind !== 'priced') throw new Error('every meter has a price');
        const [[name, total] = [], ...parts] = usageCost(priced.lines);
        expect(name).toBe('cost_usd_total');
        expect(total).toBe(priced.total);
        expect(sumOf(priced.lines)).toBe(priced.total);
        expect(parts.reduce((sum, [, amount]) => sum + amount, 0n)).toBe(priced.total);
      }),
    );
  });

  it('gives the same bill again from the stored units', () => {
    fc.assert(
      fc.property(usages, versions, moments, multipliers, (usage, version, at, multiplier) => {
        const stored = JSON.parse(JSON.stringify(usage)) as Usage;
        const shuffled = { ...version, components: [...version.components].reverse() };
        const context = { at, multiplier };
        expect(priceUsage(stored, version, context)).toEqual(priceUsage(usage, version, context));
        expect(totalOf(priceUsage(usage, shuffled, context))).toBe(
          totalOf(priceUsage(usage, version, context)),
        );
      }),
    );
  });

  it('holds at least what the call costs', () => {
    fc.assert(
      fc.property(
        usages,
        versions,
        moments,
        multipliers,
        fc.record({
          spareInput: fc.nat(3),
          spareOutput: fc.nat(3),
          n: fc.integer({ min: 1, max: 3 }),
          asks: fc.boolean(),
        }),
        (usage, version, at, multiplier, { spareInput, spareOutput, n, asks }) => {
          const servedUnasked = usage.serviceTier !== 'batch';
          const media = (usage.promptAudioTokens ?? 0) + (usage.promptImageTokens ?? 0);
          const bounds = {
            inputTokensHigh: usage.promptTokens + spareInput,
            mediaTokensHigh: media + spareInput,
            maxOutputTokens: Math.ceil(usage.completionTokens / n) + spareOutput,
            n,
            webSearches: usage.webSearches ?? 0,
            at,
            ...((asks || !servedUnasked) &&
              usage.serviceTier !== undefined && { serviceTier: usage.serviceTier }),
          };
          const hold = estimateHold(bounds, version, multiplier);
          expect(totalOf(priceUsage(usage, version, { at, multiplier })) <= hold).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

function totalOf(priced: ReturnType<typeof priceUsage>): bigint {
  if (priced.kind !== 'priced') throw new Error('every meter has a price');
  return priced.total;
}
