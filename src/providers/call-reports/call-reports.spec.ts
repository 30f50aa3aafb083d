import { describe, expect, it } from '@jest/globals';
import { PROVIDERS } from '../definitions/registry.js';
import { openrouterGeneration } from './openrouter-generation.js';
import { CALL_REPORTS } from './registry.js';
import { vercelGeneration } from './vercel-generation.js';

/** As openrouter.ai documents it. */
const GENERATION = {
  id: 'gen-1',
  total_cost: 0.0015,
  upstream_inference_cost: 0.0012,
  usage: 0.0015,
  tokens_prompt: 9,
  tokens_completion: 24,
  native_tokens_prompt: 10,
  native_tokens_completion: 25,
  native_tokens_reasoning: 5,
  native_tokens_cached: 3,
};

describe('OpenRouter’s report of a generation', () => {
  const read = (data: object) => openrouterGeneration.read({ data: { ...GENERATION, ...data } });

  it('tells what the account was charged, once, and the model’s own counts', () => {
    expect(read({})).toEqual({
      cost: 1_500_000_000n,
      usage: { promptTokens: 10, completionTokens: 25, cachedTokens: 3, reasoningTokens: 5 },
    });
  });

  it('may tell the cost alone', () => {
    expect(read({ native_tokens_completion: null })).toEqual({ cost: 1_500_000_000n });
  });

  it('never has a part that is more than its whole', () => {
    expect(read({ native_tokens_cached: 11, native_tokens_reasoning: 26 })?.usage).toMatchObject({
      cachedTokens: 10,
      reasoningTokens: 25,
    });
  });

  it.each([{ total_cost: null }, { total_cost: -1 }])('has no figure yet: %j', (data) => {
    expect(read(data)).toBeUndefined();
  });

  it.each([undefined, [], 'gone', { error: {} }])('is none: %j', (body) => {
    expect(openrouterGeneration.read(body)).toBeUndefined();
  });
});

it('Vercel’s report is read for its cost alone', () => {
  expect(vercelGeneration.read({ data: GENERATION })).toEqual({ cost: 1_500_000_000n });
});

it('an id cannot lead to another path', () => {
  for (const report of Object.values(CALL_REPORTS))
    expect(report.pathOf('a/../b?c=d&e#f')).toBe('/generation?id=a%2F..%2Fb%3Fc%3Dd%26e%23f');
});

it('every report is some provider’s', () => {
  const used = new Set(PROVIDERS.flatMap(({ callReport }) => callReport ?? []));
  expect([...used].sort()).toEqual(Object.keys(CALL_REPORTS).sort());
});
