import type { Usage } from '../../../core/usage.js';
import { countOf, isObject, objectOf } from '../json.js';

/**
 * Usage as it is billed: `billed_units`, where `tokens` counts the model's template as well, which nobody pays. What
 * was read from a cache and what was thought are told in tokens of the latter kind, so they may be more than what is
 * billed, of which they can be no more than all. Undefined where no figures are told.
 * Source: docs.cohere.com/reference/chat, usage.
 */
export function readUsage(native: unknown): Usage | undefined {
  if (!isObject(native)) return undefined;
  const billed = objectOf(native['billed_units']);
  const tokens = objectOf(native['tokens']);
  const prompt = countOf(billed['input_tokens']) ?? countOf(tokens['input_tokens']);
  const completion = countOf(billed['output_tokens']) ?? countOf(tokens['output_tokens']);
  if (prompt === undefined && completion === undefined) return undefined;
  const cached = countOf(native['cached_tokens']);
  const reasoning = countOf(tokens['reasoning_tokens']);
  return {
    promptTokens: prompt ?? 0,
    completionTokens: completion ?? 0,
    ...(cached === undefined ? {} : { cachedTokens: Math.min(cached, prompt ?? 0) }),
    ...(reasoning === undefined ? {} : { reasoningTokens: Math.min(reasoning, completion ?? 0) }),
  };
}
