import type { Quirks } from '../../../core/provider.js';
import type { Usage } from '../../../core/usage.js';
import { reportedCostOf } from '../chat-completions/usage.js';
import { countOf, isObject, objectOf, stringOf, type JsonObject } from '../json.js';

/**
 * The usage of a response, undefined where it tells none. Searches are counted by whoever counts them: the provider,
 * else the number of those that were seen.
 */
export function readUsage(
  response: JsonObject,
  searchesSeen: number,
  reported: Quirks['reportedCost'],
): Usage | undefined {
  const { usage: native } = response;
  if (!isObject(native)) return undefined;
  const input = countOf(native['input_tokens']);
  const output = countOf(native['output_tokens']);
  if (input === undefined && output === undefined) return undefined;
  const inputDetails = objectOf(native['input_tokens_details']);
  const prompt = input ?? 0;
  const completion = output ?? 0;
  const cached = partOf(prompt, inputDetails['cached_tokens']);
  const written = partOf(prompt - (cached ?? 0), inputDetails['cache_write_tokens']);
  const reasoning = partOf(
    completion,
    objectOf(native['output_tokens_details'])['reasoning_tokens'],
  );
  const searches = toldSearches(response, native) ?? searchesSeen;
  const tier = stringOf(response['service_tier']);
  const cost = reported && reportedCostOf(response, reported);
  return {
    promptTokens: prompt,
    completionTokens: completion,
    ...(cached === undefined ? {} : { cachedTokens: cached }),
    ...(written === undefined ? {} : { cacheWriteTokens: written }),
    ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
    ...(searches === 0 ? {} : { webSearches: searches }),
    ...(tier === undefined ? {} : { serviceTier: tier }),
    ...(cost === undefined ? {} : { reportedCost: cost }),
  };
}

/** OpenAI tells it beside the usage, xAI within. */
function toldSearches(response: JsonObject, native: JsonObject): number | undefined {
  const own = objectOf(objectOf(response['tool_usage'])['web_search'])['num_requests'];
  const inner = objectOf(native['server_side_tool_usage_details'])['web_search_calls'];
  return countOf(own) ?? countOf(inner);
}

/** A part is never more than its whole, whatever a provider reports. */
function partOf(whole: number, value: unknown): number | undefined {
  const part = countOf(value);
  return part === undefined ? undefined : Math.min(part, whole);
}
