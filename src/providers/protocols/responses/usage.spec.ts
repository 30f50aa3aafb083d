import { describe, expect, it } from '@jest/globals';
import { readUsage } from './usage.js';

const counts = { input_tokens: 10, output_tokens: 5 };

describe('readUsage', () => {
  it('is unknown where no tokens are told', () => {
    expect(readUsage({}, 0, undefined)).toBeUndefined();
    expect(readUsage({ usage: null }, 1, undefined)).toBeUndefined();
    expect(readUsage({ usage: { total_tokens: 3 } }, 1, undefined)).toBeUndefined();
  });

  it('keeps parts within their whole', () => {
    const usage = {
      ...counts,
      input_tokens_details: { cached_tokens: 8, cache_write_tokens: 9 },
      output_tokens_details: { reasoning_tokens: 6 },
    };
    expect(readUsage({ usage }, 0, undefined)).toEqual({
      promptTokens: 10,
      completionTokens: 5,
      cachedTokens: 8,
      cacheWriteTokens: 2,
      reasoningTokens: 5,
    });
  });

  it.each([
    ['those that were seen', { usage: counts }, 3],
    ['what OpenAI counts', { usage: counts, tool_usage: { web_search: { num_requests: 2 } } }, 2],
    [
      'what xAI counts',
      { usage: { ...counts, server_side_tool_usage_details: { web_search_calls: 4 } } },
      4,
    ],
  ])('counts searches: %s', (_what, response, searches) => {
    expect(readUsage(response, 3, undefined)?.webSearches).toBe(searches);
  });

  it('takes the cost that the provider tells, where its definition says so', () => {
    const response = { usage: { ...counts, cost_in_usd_ticks: 7_909_000 } };
    const reported = { path: ['usage', 'cost_in_usd_ticks'], exponent: -10 };
    expect(readUsage(response, 0, reported)?.reportedCost).toBe(790_900_000n);
    expect(readUsage(response, 0, undefined)).not.toHaveProperty('reportedCost');
  });
});
