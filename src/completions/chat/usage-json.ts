import type { AnswerFacts } from '../../calls/index.js';
import type { Usage } from '../../core/usage.js';

/**
 * The `usage` object of an answer as JSON text. Costs are written as plain decimals, digit for digit: a JavaScript
 * number could not hold them.
 */
export function usageJson({ usage, costs }: Pick<AnswerFacts, 'usage' | 'costs'>): string {
  const counts = JSON.stringify(usageCounts(usage));
  const fields = costs.map(([field, amount]) => `"${field}":${amount}`).join(',');
  return `${counts.slice(0, -1)},${fields}}`;
}

function usageCounts(usage: Usage): Record<string, unknown> {
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
    reasoning_tokens: usage.reasoningTokens ?? 0,
    prompt_tokens_details: {
      cached_tokens: usage.cachedTokens ?? 0,
      audio_tokens: usage.promptAudioTokens ?? 0,
      cache_write_tokens: cacheWrites(usage),
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens ?? 0,
      audio_tokens: usage.completionAudioTokens ?? 0,
      accepted_prediction_tokens: usage.acceptedPredictionTokens ?? 0,
      rejected_prediction_tokens: usage.rejectedPredictionTokens ?? 0,
    },
  };
}

function cacheWrites(usage: Usage): number {
  return (
    (usage.cacheWriteTokens ?? 0) +
    (usage.cacheWrite5mTokens ?? 0) +
    (usage.cacheWrite1hTokens ?? 0)
  );
}
