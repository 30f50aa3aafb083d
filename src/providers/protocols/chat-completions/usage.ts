import type { Quirks, ReportedCost } from '../../../core/provider.js';
import { reportedAmount } from '../../../core/reported-amount.js';
import type { Usage } from '../../../core/usage.js';
import { CONTEXT_SIZES } from '../../search/wish.js';
import { countOf, isObject, objectOf, stringOf, type JsonObject } from '../json.js';

/**
 * Reads the usage of an answer or a chunk: `usage`, or `x_groq.usage`, or that of the first choice.
 * Undefined where the provider told none.
 */
export function readUsage(body: JsonObject, quirks: Quirks | undefined): Usage | undefined {
  const native = findUsage(body);
  if (native === undefined) return undefined;
  const prompt = countOf(native['prompt_tokens']);
  const completion = countOf(native['completion_tokens']);
  if (prompt === undefined && completion === undefined) return undefined;
  const promptDetails = objectOf(native['prompt_tokens_details']);
  const completionDetails = objectOf(native['completion_tokens_details']);
  const reasoning =
    countOf(completionDetails['reasoning_tokens']) ?? countOf(native['reasoning_tokens']);
  const cached = cacheReads(native, promptDetails, quirks);
  const written = cacheWrites(native, promptDetails);
  const audio = countOf(promptDetails['audio_tokens']);
  const promptTokens = inclusivePrompt(native, prompt ?? 0, completion ?? 0, [
    audio ?? 0,
    (cached ?? 0) + (written ?? 0),
  ]);
  const completionTokens = inclusiveCompletion(
    native,
    promptTokens,
    completion ?? 0,
    reasoning ?? 0,
    quirks,
  );
  return compact({
    promptTokens,
    completionTokens,
    cachedTokens: partOf(promptTokens, cached),
    cacheWriteTokens: partOf(promptTokens - Math.min(promptTokens, cached ?? 0), written),
    reasoningTokens: partOf(completionTokens, reasoning),
    promptAudioTokens: partOf(promptTokens, audio),
    promptImageTokens: partOf(promptTokens, countOf(promptDetails['image_tokens'])),
    completionAudioTokens: partOf(completionTokens, countOf(completionDetails['audio_tokens'])),
    completionImageTokens: partOf(completionTokens, countOf(completionDetails['image_tokens'])),
    acceptedPredictionTokens: countOf(completionDetails['accepted_prediction_tokens']),
    rejectedPredictionTokens: countOf(completionDetails['rejected_prediction_tokens']),
    citationTokens: countOf(native['citation_tokens']),
    webSearches: searchesOf(body, native, quirks),
    searchContextSize: CONTEXT_SIZES.find((size) => size === native['search_context_size']),
    serviceTier: stringOf(body['service_tier']) || stringOf(native['service_tier']) || undefined,
    reportedCost: quirks?.reportedCost && reportedCostOf(body, quirks.reportedCost),
  });
}

/** What a provider says that the call cost, where its definition says that it does, pico-USD. */
export function reportedCostOf(
  body: JsonObject,
  { path, exponent }: ReportedCost,
): bigint | undefined {
  const value = path.reduce<unknown>((part, name) => objectOf(part)[name], body);
  return reportedAmount(value, exponent);
}

/** Where OpenRouter, and proxies of Anthropic's, count what tools of theirs did. */
const SERVER_TOOL_USES = ['server_tool_use', 'server_tool_use_details'] as const;

/** OpenAI's search models search once for each answer, and do not tell. Source: platform.openai.com/docs/pricing. */
function searchesOf(
  body: JsonObject,
  native: JsonObject,
  quirks: Quirks | undefined,
): number | undefined {
  const told = countOf(native['num_search_queries']) ?? countOf(native['num_sources_used']);
  if (told !== undefined) return told;
  for (const field of SERVER_TOOL_USES) {
    const used = countOf(objectOf(native[field])['web_search_requests']);
    if (used !== undefined) return used;
  }
  return quirks?.searchModels?.test(stringOf(body['model']) ?? '') ? 1 : undefined;
}

/** OpenAI's place, then those of DeepSeek, Moonshot, Mistral, and of Claude behind this dialect (Databricks). */
const CACHE_READS = [
  'prompt_cache_hit_tokens',
  'cached_tokens',
  'num_cached_tokens',
  'cache_read_input_tokens',
] as const;

/** Tokens read from a cache. Who writes every field that there could be tells it in one of them. */
function cacheReads(
  native: JsonObject,
  promptDetails: JsonObject,
  quirks: Quirks | undefined,
): number | undefined {
  const own = quirks?.cachedTokensField;
  let told = countOf(promptDetails['cached_tokens']);
  if (!told && own !== undefined) told = countOf(native[own]) ?? told;
  for (const field of CACHE_READS) {
    if (told) return told;
    told = countOf(native[field]) ?? told;
  }
  return told;
}

/** Tokens written to a cache, under the names that speakers of this dialect have for them. */
function cacheWrites(native: JsonObject, promptDetails: JsonObject): number | undefined {
  return (
    countOf(promptDetails['cache_write_tokens']) ??
    countOf(promptDetails['cache_creation_input_tokens']) ??
    countOf(native['cache_creation_input_tokens'])
  );
}

/** A part is never more than its whole, whatever a provider reports. */
function partOf(whole: number, part: number | undefined): number | undefined {
  return part === undefined ? undefined : Math.min(part, whole);
}

/**
 * Prompt tokens with all of their parts in them. Mistral counts audio beside them, some proxies of Claude what the cache
 * gave and took: total_tokens tells it.
 */
function inclusivePrompt(
  native: JsonObject,
  prompt: number,
  completion: number,
  parts: readonly number[],
): number {
  const total = countOf(native['total_tokens']);
  const beside = parts.find((part) => part > 0 && total === prompt + part + completion);
  return prompt + (beside ?? 0);
}

function findUsage(body: JsonObject): JsonObject | undefined {
  if (isObject(body['usage'])) return body['usage'];
  const groq = objectOf(body['x_groq'])['usage'];
  if (isObject(groq)) return groq;
  const choices = body['choices'];
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const ofChoice = objectOf(first)['usage'];
  return isObject(ofChoice) ? ofChoice : undefined;
}

/**
 * Completion tokens with reasoning in them. Most providers count it in; some beside it, which total_tokens tells:
 * it is then the sum of the three. Gemini tells by the total alone that it thought.
 */
function inclusiveCompletion(
  native: JsonObject,
  prompt: number,
  completion: number,
  reasoning: number,
  quirks: Quirks | undefined,
): number {
  const total = countOf(native['total_tokens']);
  if (quirks?.reasoningTokens === 'outside_total') return completion + reasoning;
  if (total === prompt + completion) return completion;
  if (total === prompt + completion + reasoning) return completion + reasoning;
  if (total === undefined)
    return quirks?.reasoningTokens === 'separate' ? completion + reasoning : completion;
  return Math.max(completion, total - prompt);
}

/** Leaves out what was not told, so that "0" stays apart from "unknown". */
function compact(usage: { [Key in keyof Usage]: Usage[Key] | undefined }): Usage {
  const told: Record<string, unknown> = {};
  let name: keyof Usage;
  for (name in usage) if (usage[name] !== undefined) told[name] = usage[name];
  return told as unknown as Usage;
}
