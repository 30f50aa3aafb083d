import { describe, expect, it } from '@jest/globals';
import { mergeUsage, readUsage } from './usage.js';

describe('readUsage', () => {
  it('counts what the cache gave and took into the prompt', () => {
    const native = {
      input_tokens: 10,
      output_tokens: 7,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 60,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 40 },
      output_tokens_details: { thinking_tokens: 5 },
      server_tool_use: { web_search_requests: 2 },
      service_tier: 'standard',
    };
    expect(readUsage(native)).toEqual({
      promptTokens: 170,
      completionTokens: 7,
      cachedTokens: 100,
      cacheWrite5mTokens: 20,
      cacheWrite1hTokens: 40,
      reasoningTokens: 5,
      webSearches: 2,
      serviceTier: 'default',
    });
  });

  it('takes writes of unknown life for the short one', () => {
    const bare = {
      input_tokens: 1,
      output_tokens: 1,
      cache_creation_input_tokens: 60,
      cache_creation: null,
    };
    expect(readUsage(bare)).toMatchObject({
      promptTokens: 61,
      cacheWrite5mTokens: 60,
      cacheWrite1hTokens: 0,
    });
    const grown = {
      ...bare,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 50 },
    };
    expect(readUsage(grown)).toMatchObject({
      promptTokens: 61,
      cacheWrite5mTokens: 10,
      cacheWrite1hTokens: 50,
    });
  });

  it('adds compactions, which are billed but not in the totals', () => {
    const native = {
      input_tokens: 20,
      output_tokens: 3,
      iterations: [
        { type: 'compaction', input_tokens: 500, output_tokens: 40, cache_read_input_tokens: 7 },
        { type: 'message', input_tokens: 20, output_tokens: 3 },
      ],
    };
    expect(readUsage(native)).toMatchObject({
      promptTokens: 527,
      completionTokens: 43,
      cachedTokens: 7,
    });
  });

  it('tells nothing where nothing was told', () => {
    expect(readUsage(undefined)).toBeUndefined();
    expect(readUsage({ service_tier: 'standard' })).toBeUndefined();
    expect(readUsage({ input_tokens: -1, output_tokens: 1.5 })).toBeUndefined();
  });

  it.each([
    [{ service_tier: 'priority' }, 'priority'],
    [{ service_tier: 'standard', speed: 'fast' }, 'fast'],
  ])('tier %j', (fields, tier) => {
    expect(readUsage({ output_tokens: 1, ...fields })?.serviceTier).toBe(tier);
  });
});

describe('mergeUsage', () => {
  it('overwrites, but not with nothing', () => {
    const older = { input_tokens: 9, output_tokens: 1, service_tier: 'standard' };
    const newer = { input_tokens: 12, output_tokens: 30, service_tier: null };
    expect(mergeUsage(older, newer)).toEqual({
      input_tokens: 12,
      output_tokens: 30,
      service_tier: 'standard',
    });
    expect(mergeUsage(older, undefined)).toEqual(older);
  });
});
