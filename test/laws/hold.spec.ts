import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Tiktoken } from 'js-tiktoken/lite';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { CallSignal } from '../../src/calls/call-signal.js';
import { demandOf } from '../../src/calls/call-needs.js';
import { settle } from '../../src/calls/settlement.js';
import type { ChatRequest } from '../../src/core/chat.js';
import { parseMultiplier, parseUsd } from '../../src/core/money.js';
import type { Meter, PriceComponent } from '../../src/core/price.js';
import type { Usage } from '../../src/core/usage.js';
import type { Plan } from '../../src/providers/index.js';
import { component } from '../support/catalogue.js';
import { generatedRequest } from '../support/generated-requests.js';
import { makePrincipal } from '../support/principal.js';
import { makeTarget } from '../support/target.js';
import { usageOf } from '../support/true-usage.js';

/** LAW_RUNS=2000 for the long form; the tokenizer is slow. */
const SAMPLES = Number(process.env['LAW_RUNS'] ?? 500);
const COVERED = 0.999;
/** What the offer, and the operator, take for the longest answer. */
const LONGEST_ANSWER = 4_096;

const tokenizer = new Tiktoken(o200k);
const known = new Map<string, number>();
const tokensOf = (text: string): number => {
  const tokens = known.get(text) ?? tokenizer.encode(text, [], []).length;
  known.set(text, tokens);
  return tokens;
};

const usd = fc.integer({ min: 1, max: 40_000 }).map((thousandths) => String(thousandths / 1_000));
/** Meters that an offer may price apart, beside input and output. */
const FURTHER: readonly Meter[] = [
  ...(['cache_read', 'reasoning', 'input_image', 'input_audio', 'request'] as const),
];
const prices: fc.Arbitrary<PriceComponent[]> = fc
  .record({
    input: usd,
    output: usd,
    further: fc.array(fc.tuple(fc.constantFrom(...FURTHER), usd), { maxLength: 4 }),
    tiers: fc.uniqueArray(fc.constantFrom('flex', 'priority'), { maxLength: 2 }),
    threshold: fc.constantFrom(null, 1_000, 200_000),
  })
  .map(({ input, output, further, tiers, threshold }) => {
    const scaled = (times: number, serviceTier: string): PriceComponent[] => [
      component('input', String(Number(input) * times), { serviceTier }),
      component('output', String(Number(output) * times), { serviceTier }),
    ];
    return [
      component('input', input),
      component('output', output),
      ...new Map(further.map(([meter, price]) => [meter, component(meter, price)])).values(),
      ...tiers.flatMap((tier) => scaled(tier === 'flex' ? 0.5 : 2, tier)),
      ...(threshold === null
        ? []
        : [component('input', String(Number(input) * 2), { inputTokensAbove: threshold })]),
    ];
  });

interface Case {
  readonly request: ChatRequest;
  readonly components: readonly PriceComponent[];
  readonly usage: Usage;
}

const cases: fc.Arbitrary<Case> = fc
  .tuple(generatedRequest, prices)
  .chain(([request, components]) =>
    usageOf(request, LONGEST_ANSWER, tokensOf).map((usage) => ({ request, components, usage })),
  );

const principal = makePrincipal({ planMultiplier: parseMultiplier('1.15') });

/** What is set aside for a call, and what it comes to. */
function holdAndCost({ request, components, usage }: Case): readonly [hold: bigint, cost: bigint] {
  const base = makeTarget({ maxOutputTokens: LONGEST_ANSWER });
  const target = { ...base, price: { ...base.price, components } };
  const plan: Plan = { target, protocol: {} as Plan['protocol'], request, dropped: [] };
  const { needs } = demandOf(
    {
      ...{ id: 'tx_osm_1', endpoint: 'chat.completions', principal, request },
      context: {
        ...{ clientRequestId: null, source: null, sessionId: null, tags: {}, allowFallback: true },
      },
      ...{ startedAt: 0, startedTick: 0, signal: new CallSignal() },
    },
    [plan],
    LONGEST_ANSWER,
  );
  return [needs.credit, parseUsd(settle(usage, 'final', target, principal, 0).charge.amount)];
}

describe('what is set aside for a call', () => {
  it('covers what it truly costs in 99.9 % of generated requests', () => {
    const all = fc.sample(cases, { numRuns: SAMPLES, seed: 11 });
    const covered = all.filter((one) => {
      const [hold, cost] = holdAndCost(one);
      return cost <= hold;
    });
    expect(covered.length / all.length).toBeGreaterThanOrEqual(COVERED);
  }, 900_000);
});
