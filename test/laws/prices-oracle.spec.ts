import { calcPrice, findProvider, type ModelInfo, type Provider } from '@pydantic/genai-prices';
import { describe, expect, it } from '@jest/globals';
import { priceUsage } from '../../src/billing/pricing/cost-lines.js';
import { formatUsd, ONE } from '../../src/core/money.js';
import type { PriceVersion } from '../../src/core/price.js';
import type { Usage } from '../../src/core/usage.js';
import { toPriceComponent } from '../../src/providers/catalogue/catalogue-price.js';
import { parseExactJson } from '../../src/providers/catalogue/import/exact-json.js';
import { genaiPricesOf } from '../../src/providers/catalogue/import/genai-prices.js';
import { ImportFindings } from '../../src/providers/catalogue/import/import-findings.js';

const NAMES =
  'openai anthropic google groq mistral deepseek x-ai openrouter moonshotai cohere together fireworks cerebras aws azure perplexity';

/** Noon is outside of DeepSeek's hours by the newer prices, half past two within. */
const TIMES = ['2026-11-20T12:00:00Z', '2026-11-20T02:30:00Z', '2025-06-02T20:00:00Z'].map(
  (time) => new Date(time),
);

/** Answers of every kind that a chat can have, in both languages. */
const USAGES: readonly (readonly [usage: Usage, theirs: Readonly<Record<string, number>>])[] = [
  [
    { promptTokens: 14, completionTokens: 65 },
    { input_tokens: 14, output_tokens: 65 },
  ],
  [
    { promptTokens: 1, completionTokens: 0 },
    { input_tokens: 1, output_tokens: 0 },
  ],
  [
    { promptTokens: 300_001, completionTokens: 4_097 },
    { input_tokens: 300_001, output_tokens: 4_097 },
  ],
  [
    { promptTokens: 200_000, completionTokens: 7 },
    { input_tokens: 200_000, output_tokens: 7 },
  ],
  [
    { promptTokens: 271_999, completionTokens: 7 },
    { input_tokens: 271_999, output_tokens: 7 },
  ],
  [
    { promptTokens: 4_740, completionTokens: 255, cachedTokens: 4_608 },
    { input_tokens: 4_740, output_tokens: 255, cache_read_tokens: 4_608 },
  ],
  [
    { promptTokens: 4_740, completionTokens: 255, cachedTokens: 5, cacheWriteTokens: 4_735 },
    { input_tokens: 4_740, output_tokens: 255, cache_read_tokens: 5, cache_write_tokens: 4_735 },
  ],
  [
    { promptTokens: 900, completionTokens: 40, cacheWriteTokens: 100, cacheWrite1hTokens: 500 },
    { input_tokens: 900, output_tokens: 40, cache_write_tokens: 600, cache_write_1h_tokens: 500 },
  ],
  [
    { promptTokens: 77, completionTokens: 1_777, reasoningTokens: 1_536 },
    { input_tokens: 77, output_tokens: 1_777, output_reasoning_tokens: 1_536 },
  ],
  [
    { promptTokens: 610, completionTokens: 90, promptAudioTokens: 512, completionAudioTokens: 60 },
    { input_tokens: 610, output_tokens: 90, input_audio_tokens: 512, output_audio_tokens: 60 },
  ],
  [
    { promptTokens: 610, completionTokens: 9, webSearches: 3 },
    { input_tokens: 610, output_tokens: 9, web_searches: 3 },
  ],
];

interface Comparison {
  readonly ours: string;
  readonly theirs: string;
  /** What we find no price for: such a call is never booked as if that were free. */
  readonly unpriced: readonly string[];
}

/** The same usage by the same prices: exactly ours, and theirs of floating point. */
function compare(
  provider: Provider,
  model: ModelInfo,
  [usage, theirs]: (typeof USAGES)[number],
  timestamp: Date,
): Comparison | undefined {
  const version = versionOf(model, timestamp.getTime());
  if (!version) return undefined;
  const only = { ...provider, models: [model], fallback_model_providers: [] };
  const price = calcPrice({ ...theirs }, model.id, { provider: only, timestamp });
  if (!price) return undefined;
  const bill = priceUsage(usage, version, { at: timestamp.getTime(), multiplier: ONE });
  const isPriced = bill.kind === 'priced';
  return {
    ours: formatUsd(isPriced ? bill.total : bill.atLeast.total),
    theirs: price.total_price.toFixed(12),
    unpriced: isPriced ? [] : bill.meters,
  };
}

/** Their prices, taken over as an import takes them. */
function versionOf(model: ModelInfo, at: number): PriceVersion | undefined {
  const exact = parseExactJson(JSON.stringify(model.prices));
  const versions = genaiPricesOf(exact, model.id, new ImportFindings());
  const version = versions.findLast(({ validFrom }) => (validFrom ?? 0) <= at);
  return version && { id: 'v', validFrom: 0, components: version.components.map(toPriceComponent) };
}

/** Floats of this size are right to fifteen digits. */
function isSame({ ours, theirs }: Comparison): boolean {
  const difference = Math.abs(Number(ours) - Number(theirs));
  return difference <= 2e-12 + Number(theirs) * 1e-12;
}

const providers = NAMES.split(' ').flatMap((id) => findProvider({ providerId: id }) ?? []);

/** Every difference, and why we differ. What is not here must be the same. */
const UNPRICED: Readonly<Record<string, string>> = {
  cache_write_1h: 'they take the price of a write for five minutes, which is lower',
  output_audio: 'they take the price of text, which is lower',
  web_search: 'they leave searches without a price out, as if they were free',
  output: 'they leave an output without a price out: embeddings have none',
  reasoning: 'the same, of thoughts',
};

describe('prices by @pydantic/genai-prices', () => {
  it('are the same for every model and every kind of usage, or the difference is explained', () => {
    const unexplained: string[] = [];
    let compared = 0;
    for (const provider of providers) {
      for (const model of provider.models) {
        if (hasUnreadablePrice(model)) continue;
        for (const [usage, time] of USAGES.flatMap((of) => TIMES.map((at) => [of, at] as const))) {
          const comparison = compare(provider, model, usage, time);
          if (!comparison) continue;
          compared++;
          if (!isExplained(comparison))
            unexplained.push(`${provider.id}/${model.id}: ${JSON.stringify(comparison)}`);
        }
      }
    }
    expect(unexplained).toEqual([]);
    expect(compared).toBeGreaterThan(30_000);
  });

  it('have few numbers that are no decimals: a twelfth of a dollar as a float', () => {
    const unreadable = providers.flatMap(({ id, models }) =>
      models.filter(hasUnreadablePrice).map((model) => `${id}/${model.id}`),
    );
    expect(unreadable.length).toBeLessThan(20);
    expect(unreadable.filter((name) => !name.startsWith('openrouter/'))).toEqual([]);
  });
});

function isExplained(comparison: Comparison): boolean {
  if (comparison.unpriced.length === 0) return isSame(comparison);
  const isKnown = comparison.unpriced.every((meter) => Object.hasOwn(UNPRICED, meter));
  return isKnown && (isSame(comparison) || Number(comparison.theirs) > Number(comparison.ours));
}

/** An import refuses such a number, for it is not what the provider charges. */
function hasUnreadablePrice({ id, prices }: ModelInfo): boolean {
  const findings = new ImportFindings();
  genaiPricesOf(parseExactJson(JSON.stringify(prices)), id, findings);
  try {
    findings.check();
    return false;
  } catch {
    return true;
  }
}
