import { describe, expect, it } from '@jest/globals';
import { formatUsd } from '../../../core/money.js';
import type { ProviderDefinition, Quirks } from '../../../core/provider.js';
import { deepinfra } from '../../definitions/deepinfra.js';
import { openrouter } from '../../definitions/openrouter.js';
import { perplexity } from '../../definitions/perplexity.js';
import { venice } from '../../definitions/venice.js';
import { vercel } from '../../definitions/vercel.js';
import { xai } from '../../definitions/xai.js';
import { readUsage } from './usage.js';

const of = (usage: Record<string, unknown>, quirks?: Quirks) => readUsage({ usage }, quirks);

describe('readUsage', () => {
  it('counts a search for each answer of a model that always searches and does not tell', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2 };
    const quirks: Quirks = { searchModels: /-search-/ };
    const searches = (model: string, more: object = {}, known: Quirks | undefined = quirks) =>
      readUsage({ model, usage: { ...usage, ...more } }, known)?.webSearches;
    expect(searches('gpt-4o-search-preview-2025-03-11')).toBe(1);
    expect(searches('gpt-4o')).toBeUndefined();
    expect(of({ ...usage, search_context_size: 'high' })).toMatchObject({
      searchContextSize: 'high',
    });
    expect(of({ ...usage, search_context_size: 'huge' })).toEqual({
      promptTokens: 1,
      completionTokens: 2,
    });
    expect(searches('gpt-4o-search-preview', { num_search_queries: 3 })).toBe(3);
    expect(searches('gpt-4o-search-preview', {}, {})).toBeUndefined();
  });

  it('reads every figure that the dialect has', () => {
    expect(
      readUsage(
        {
          service_tier: 'flex',
          usage: {
            prompt_tokens: 100,
            completion_tokens: 50,
            total_tokens: 150,
            prompt_tokens_details: {
              cached_tokens: 10,
              audio_tokens: 5,
              image_tokens: 4,
              cache_write_tokens: 3,
            },
            completion_tokens_details: {
              reasoning_tokens: 20,
              audio_tokens: 2,
              image_tokens: 1,
              accepted_prediction_tokens: 6,
              rejected_prediction_tokens: 7,
            },
            num_search_queries: 8,
          },
        },
        undefined,
      ),
    ).toEqual({
      promptTokens: 100,
      completionTokens: 50,
      cachedTokens: 10,
      cacheWriteTokens: 3,
      reasoningTokens: 20,
      promptAudioTokens: 5,
      promptImageTokens: 4,
      completionAudioTokens: 2,
      completionImageTokens: 1,
      acceptedPredictionTokens: 6,
      rejectedPredictionTokens: 7,
      webSearches: 8,
      serviceTier: 'flex',
    });
  });

  it('what was not told is not zero', () => {
    expect(of({ prompt_tokens: 3, completion_tokens: 0, prompt_tokens_details: null })).toEqual({
      promptTokens: 3,
      completionTokens: 0,
    });
  });

  it.each([
    ['none', {}],
    ['null', { usage: null }],
    ['without counts', { usage: {} }],
    ['counts that are none', { usage: { prompt_tokens: -1, completion_tokens: '5' } }],
    ['a fraction', { usage: { prompt_tokens: 1.5 } }],
  ])('is undefined where the provider told nothing: %s', (_what, body) => {
    expect(readUsage(body, undefined)).toBeUndefined();
  });

  it.each([
    ['x_groq', { x_groq: { usage: { prompt_tokens: 1, completion_tokens: 2 } } }],
    ['the first choice', { choices: [{ usage: { prompt_tokens: 1, completion_tokens: 2 } }] }],
  ])('finds it in %s too', (_where, body) => {
    expect(readUsage(body, undefined)).toEqual({ promptTokens: 1, completionTokens: 2 });
  });

  it('takes cached tokens from where the provider puts them', () => {
    const usage = { prompt_tokens: 9, completion_tokens: 1 };
    expect(of({ ...usage, cached_tokens: 4 })).toMatchObject({ cachedTokens: 4 });
    expect(
      of(
        { ...usage, prompt_cache_hit_tokens: 5 },
        { cachedTokensField: 'prompt_cache_hit_tokens' },
      ),
    ).toMatchObject({ cachedTokens: 5 });
    expect(
      of({ ...usage, cached_tokens: 4, prompt_tokens_details: { cached_tokens: 6 } }),
    ).toMatchObject({ cachedTokens: 6 });
  });
});

describe('cached tokens', () => {
  it.each([
    ['prompt_cache_hit_tokens', { prompt_cache_hit_tokens: 5 }],
    ['cached_tokens', { cached_tokens: 5 }],
    ['num_cached_tokens', { num_cached_tokens: 5 }],
    ['cache_read_input_tokens', { cache_read_input_tokens: 5 }],
    [
      'one of two, if the other says none',
      { prompt_tokens_details: { cached_tokens: 0 }, prompt_cache_hit_tokens: 5 },
    ],
  ])('may be told as %s', (_name, fields) => {
    const usage = { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10, ...fields };
    expect(of(usage)).toMatchObject({ promptTokens: 9, cachedTokens: 5 });
  });

  it('stand beside the prompt, with those that were written, where the total says so', () => {
    const beside = { cache_read_input_tokens: 5, cache_creation_input_tokens: 2 };
    expect(of({ prompt_tokens: 9, completion_tokens: 1, total_tokens: 17, ...beside })).toEqual({
      promptTokens: 16,
      completionTokens: 1,
      cachedTokens: 5,
      cacheWriteTokens: 2,
    });
  });
});

describe('what tools of the provider read', () => {
  const told = { prompt_tokens: 33, completion_tokens: 7, total_tokens: 40 };

  it('thoughts, sources and searches of deep research stand beside all other figures', () => {
    const research = { citation_tokens: 20, reasoning_tokens: 70, num_search_queries: 3 };
    expect(of({ ...told, ...research }, perplexity.quirks)).toEqual({
      promptTokens: 33,
      completionTokens: 77,
      reasoningTokens: 70,
      citationTokens: 20,
      webSearches: 3,
    });
  });

  it.each(['server_tool_use', 'server_tool_use_details'])('searches under %s', (field) => {
    const usage = { ...told, num_search_queries: null, [field]: { web_search_requests: 2 } };
    expect(of(usage)).toMatchObject({ webSearches: 2 });
    expect(of({ ...told, [field]: null })).not.toHaveProperty('webSearches');
  });
});

describe('reasoning tokens, in completion_tokens or beside them', () => {
  const details = { completion_tokens_details: { reasoning_tokens: 30 } };
  const separate: Quirks = { reasoningTokens: 'separate' };
  const OUTSIDE: Quirks = { reasoningTokens: 'outside_total' };

  it.each([
    ['the total says that they are in', { total_tokens: 150 }, undefined, 50],
    ['the total says so to a provider of the other kind', { total_tokens: 150 }, separate, 50],
    ['the total says that they are beside', { total_tokens: 180 }, undefined, 80],
    ['no total: the provider’s kind decides', {}, separate, 80],
    ['the total leaves them out as well', { total_tokens: 150 }, OUTSIDE, 80],
    ['no total, no kind: they are in', {}, undefined, 50],
    ['a total that fits neither: the most that it can be', { total_tokens: 170 }, undefined, 70],
    ['a total that is too small', { total_tokens: 120 }, undefined, 50],
  ])('%s', (_what, total, quirks, completionTokens) => {
    const usage = { prompt_tokens: 100, completion_tokens: 50, ...details, ...total };
    expect(of(usage, quirks)).toMatchObject({ completionTokens, reasoningTokens: 30 });
  });
});

it('thoughts that are told by the total alone are paid for', () => {
  const usage = { prompt_tokens: 66, completion_tokens: 6, total_tokens: 100 };
  expect(of(usage)).toEqual({ promptTokens: 66, completionTokens: 34 });
});

describe('tokens written to a cache', () => {
  it.each([
    ['beside the cached ones', { prompt_tokens_details: { cache_write_tokens: 7 } }],
    ['under Anthropic’s name', { prompt_tokens_details: { cache_creation_input_tokens: 7 } }],
    ['at the top', { cache_creation_input_tokens: 7 }],
  ])('are found %s', (_where, fields) => {
    const usage = { prompt_tokens: 10, completion_tokens: 1, ...fields };
    expect(of(usage)).toMatchObject({ promptTokens: 10, cacheWriteTokens: 7 });
  });

  it('are, together with the cached ones, never more than the prompt', () => {
    const details = { cached_tokens: 6, cache_write_tokens: 7 };
    const usage = { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: details };
    expect(of(usage)).toMatchObject({ cachedTokens: 6, cacheWriteTokens: 4 });
  });
});

describe('what an answer says that it cost', () => {
  const told = { prompt_tokens: 1, completion_tokens: 1 };
  const cases: readonly [ProviderDefinition, Record<string, unknown>, string][] = [
    [
      openrouter,
      { usage: { ...told, cost: 1.2e-5, cost_details: { upstream_inference_cost: 1.1e-5 } } },
      '0.000012',
    ],
    [
      perplexity,
      { usage: { ...told, cost: { request_cost: 0.005, total_cost: 0.00501 } } },
      '0.00501',
    ],
    [xai, { usage: { ...told, cost_in_usd_ticks: 955600 } }, '0.00009556'],
    [deepinfra, { usage: { ...told, estimated_cost: 2.4e-6 } }, '0.0000024'],
    [venice, { usage: told, cost: { diem: 3, usd: 0.000124875 } }, '0.000124875'],
    [vercel, { usage: { ...told, cost: 0.00637625, market_cost: 0.007 } }, '0.00637625'],
  ];
  it.each(cases)('%#: is read where the provider says it', ({ quirks }, body, usd) => {
    expect(formatUsd(readUsage(body, quirks)?.reportedCost ?? -1n)).toBe(usd);
  });

  it.each([null, -1, 'free', {}, Number.NaN])('%s is unknown, not free', (cost) => {
    expect(of({ ...told, cost }, openrouter.quirks)).not.toHaveProperty('reportedCost');
  });

  it('nothing is free', () => {
    expect(of({ ...told, cost: 0 }, openrouter.quirks)).toHaveProperty('reportedCost', 0n);
  });

  it('is no cost where the provider has no such field', () => {
    expect(of({ ...told, cost: 1 })).not.toHaveProperty('reportedCost');
  });
});
