import { describe, expect, it } from '@jest/globals';
import { readUsage } from './usage.js';

describe('readUsage', () => {
  it('is what is billed, not what the template adds', () => {
    const usage = readUsage({
      billed_units: { input_tokens: 117, output_tokens: 43 },
      tokens: { input_tokens: 1_627, output_tokens: 55, reasoning_tokens: 9 },
      cached_tokens: 112,
    });
    expect(usage).toEqual({
      promptTokens: 117,
      completionTokens: 43,
      cachedTokens: 112,
      reasoningTokens: 9,
    });
  });

  it('keeps parts within what is billed', () => {
    const usage = readUsage({
      billed_units: { input_tokens: 11, output_tokens: 3 },
      tokens: { input_tokens: 506, output_tokens: 4, reasoning_tokens: 4 },
      cached_tokens: 448,
    });
    expect(usage).toMatchObject({ cachedTokens: 11, reasoningTokens: 3 });
  });

  it('takes the other counts where nothing is said to be billed, and is unknown without any', () => {
    const tokens = { input_tokens: 506, output_tokens: 4 };
    expect(readUsage({ tokens })).toEqual({ promptTokens: 506, completionTokens: 4 });
    expect(readUsage({ cached_tokens: 5 })).toBeUndefined();
    expect(readUsage(null)).toBeUndefined();
  });
});
