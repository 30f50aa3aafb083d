/**
 * What an answer used, in OpenAI's inclusive terms whatever the provider's own are: `promptTokens` includes cached,
 * cache-write, audio and image tokens, `completionTokens` includes reasoning, audio and image tokens. All in tokens.
 */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Part of promptTokens, read from a cache. */
  readonly cachedTokens?: number;
  /** Parts of promptTokens, written to a cache: with a time to live of 5 minutes, of 1 hour, or not told. */
  readonly cacheWrite5mTokens?: number;
  readonly cacheWrite1hTokens?: number;
  readonly cacheWriteTokens?: number;
  /** Part of completionTokens. */
  readonly reasoningTokens?: number;
  /** Parts of promptTokens. */
  readonly promptAudioTokens?: number;
  readonly cachedAudioTokens?: number;
  readonly promptImageTokens?: number;
  /** Parts of completionTokens. */
  readonly completionAudioTokens?: number;
  readonly completionImageTokens?: number;
  readonly acceptedPredictionTokens?: number;
  readonly rejectedPredictionTokens?: number;
  /** Sources that were read, beside promptTokens and priced as input (Perplexity's deep research). */
  readonly citationTokens?: number;
  /** Searches that the provider ran. */
  readonly webSearches?: number;
  /** How much of what was found was read, as answered; a price may depend on it. */
  readonly searchContextSize?: string;
  /** The tier that served the call, as answered. */
  readonly serviceTier?: string;
  /** What the provider says that the call cost, pico-USD. */
  readonly reportedCost?: bigint;
}

/** How good a figure is. A lower rank never overwrites a higher one. */
export const RANKS = ['progress', 'estimate', 'final', 'provider_report', 'manual'] as const;
export type Rank = (typeof RANKS)[number];

/** How good the cost of a call is, in the words of the API. */
export type CostBasis = 'final' | 'provider_reported' | 'estimated';

export function costBasisOf(rank: Rank): CostBasis {
  if (rank === 'provider_report') return 'provider_reported';
  return rank === 'final' || rank === 'manual' ? 'final' : 'estimated';
}
