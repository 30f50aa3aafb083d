import type { AnswerFacts } from '../../calls/index.js';
import type { Usage } from '../../core/usage.js';

/**
 * The `usage` object of an answer as JSON text. Costs are written as plain decimals, digit for digit: a JavaScript
 * number could not hold them.
 */
export function usageJson({ usage, costs }: Pick<AnswerFacts, 'usage' | 'costs'>): string {
  const { promptTokens, completionTokens, reasoningTokens = 0 } = usage;
  let fields = '';
  for (const [field, amount] of costs) fields += `,"${field}":${amount}`;
  return (
    `{"prompt_tokens":${promptTokens},"completion_tokens":${completionTokens}` +
    `,"total_tokens":${promptTokens + completionTokens},"reasoning_tokens":${reasoningTokens}` +
    `,"prompt_tokens_details":${promptDetails(usage)},"completion_tokens_details":${completionDetails(usage)}${fields}}`
  );
}

function promptDetails(usage: Usage): string {
  const { cachedTokens = 0, promptAudioTokens = 0 } = usage;
  return `{"cached_tokens":${cachedTokens},"audio_tokens":${promptAudioTokens},"cache_write_tokens":${cacheWrites(usage)}}`;
}

function completionDetails(usage: Usage): string {
  const {
    reasoningTokens = 0,
    completionAudioTokens = 0,
    acceptedPredictionTokens = 0,
    rejectedPredictionTokens = 0,
  } = usage;
  return (
    `{"reasoning_tokens":${reasoningTokens},"audio_tokens":${completionAudioTokens}` +
    `,"accepted_prediction_tokens":${acceptedPredictionTokens},"rejected_prediction_tokens":${rejectedPredictionTokens}}`
  );
}

function cacheWrites(usage: Usage): number {
  return (
    (usage.cacheWriteTokens ?? 0) +
    (usage.cacheWrite5mTokens ?? 0) +
    (usage.cacheWrite1hTokens ?? 0)
  );
}
