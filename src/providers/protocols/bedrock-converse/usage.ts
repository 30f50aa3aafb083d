import { countOf, isObject, listOf, objectOf, type JsonObject } from '../json.js';

const TTL_1H = '1h';

/**
 * Usage in the terms of the Messages API, where input tokens leave out what the cache gave and took as they do here.
 * What was written without a word on its time to live was written for five minutes, the default.
 * Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html.
 */
export function messagesUsage(native: unknown, serviceTier: unknown): JsonObject {
  const usage = objectOf(native);
  const written1h = listOf(usage['cacheDetails'])
    .filter(isObject)
    .filter(({ ttl }) => ttl === TTL_1H)
    .reduce((sum, { inputTokens }) => sum + (countOf(inputTokens) ?? 0), 0);
  return {
    input_tokens: usage['inputTokens'],
    output_tokens: usage['outputTokens'],
    cache_read_input_tokens: usage['cacheReadInputTokens'],
    cache_creation_input_tokens: usage['cacheWriteInputTokens'],
    cache_creation: { ephemeral_1h_input_tokens: written1h },
    service_tier: objectOf(serviceTier)['type'],
  };
}
