import { describe, expect, it } from '@jest/globals';
import { canonicalServiceTier, readUsage } from './usage.js';

const FIGURES = { promptTokenCount: 100, candidatesTokenCount: 40 };
const of = (more: Record<string, unknown>, searches = 0) =>
  readUsage({ usageMetadata: { ...FIGURES, ...more } }, searches);

describe('the figures of an answer', () => {
  it.each([
    ['prompts of built-in tools are input', { toolUsePromptTokenCount: 7 }, { promptTokens: 107 }],
    [
      'thoughts are output',
      { thoughtsTokenCount: 9 },
      { completionTokens: 49, reasoningTokens: 9 },
    ],
    ['cached tokens are part of the prompt', { cachedContentTokenCount: 60 }, { cachedTokens: 60 }],
    ['and no more than all of it', { cachedContentTokenCount: 160 }, { cachedTokens: 100 }],
    [
      'sound and pictures of the prompt',
      {
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 1 },
          { modality: 'AUDIO', tokenCount: 2 },
          { modality: 'IMAGE', tokenCount: 3 },
          { modality: 'VIDEO', tokenCount: 4 },
          { modality: 'DOCUMENT', tokenCount: 5 },
        ],
        toolUsePromptTokensDetails: [{ modality: 'IMAGE', tokenCount: 6 }],
      },
      { promptAudioTokens: 2, promptImageTokens: 9 },
    ],
    [
      'in small letters, too',
      { candidatesTokensDetails: [{ modality: 'image', tokenCount: 4 }] },
      { completionImageTokens: 4 },
    ],
    [
      'sound from the cache',
      { cachedContentTokenCount: 5, cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 5 }] },
      { cachedTokens: 5, cachedAudioTokens: 5 },
    ],
    ['the tier', { serviceTier: 'FLEX' }, { serviceTier: 'flex' }],
    ['the tier as traffic', { trafficType: 'ON_DEMAND_PRIORITY' }, { serviceTier: 'priority' }],
  ])('%s', (_what, told, expected) => {
    expect(of(told)).toEqual({ promptTokens: 100, completionTokens: 40, ...expected });
  });

  it.each([
    [{ trafficType: 'PROVISIONED_THROUGHPUT' }],
    [{ trafficType: null, serviceTier: null, cacheTokensDetails: null }],
    [{ promptTokensDetails: [null, { modality: 5, tokenCount: 1 }, { modality: 'AUDIO' }] }],
  ])('%j says nothing more', (told) => {
    expect(of(told)).toEqual({ promptTokens: 100, completionTokens: 40 });
  });

  it('are unknown where none are told', () => {
    expect(readUsage({ usageMetadata: { totalTokenCount: 5 } }, 1)).toBeUndefined();
    expect(readUsage({}, 0)).toBeUndefined();
  });
});

it.each([
  [{ serviceTier: 'standard' }, 'default'],
  [{ trafficType: 'ON_DEMAND' }, 'default'],
  [{ trafficType: 'ON_DEMAND_FLEX' }, 'flex'],
  [{ trafficType: 'PROVISIONED_THROUGHPUT' }, undefined],
])('%j is the tier %s', (usageMetadata, tier) => {
  expect(canonicalServiceTier({ usageMetadata })).toBe(tier);
});
