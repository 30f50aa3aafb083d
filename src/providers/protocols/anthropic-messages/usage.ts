import type { Usage } from '../../../core/usage.js';
import { countOf, isObject, listOf, objectOf, stringOf, type JsonObject } from '../json.js';
import { ownEntry } from '../../../core/own-entry.js';

/** The figures of one pass of the model, tokens. */
interface Counts {
  readonly input: number;
  readonly output: number;
  readonly read: number;
  readonly written5m: number;
  readonly written1h: number;
}

const TIERS: Readonly<Record<string, string>> = { standard: 'default' };

/**
 * Usage in OpenAI's inclusive terms. Here input_tokens leaves out what the cache gave and took. A compaction of the
 * conversation within the call is billed like the rest, but told only in `iterations`, so it is added.
 * Undefined where no tokens are told.
 * Source: docs.anthropic.com, prompt caching and compaction ("understanding usage").
 */
export function readUsage(native: unknown): Usage | undefined {
  if (!isObject(native)) return undefined;
  if (
    countOf(native['input_tokens']) === undefined &&
    countOf(native['output_tokens']) === undefined
  )
    return undefined;
  const passes = [native, ...compactions(native)].map(countsOf);
  const sum = (count: keyof Counts) => passes.reduce((total, pass) => total + pass[count], 0);
  const reasoning = countOf(objectOf(native['output_tokens_details'])['thinking_tokens']);
  const searches = countOf(objectOf(native['server_tool_use'])['web_search_requests']);
  const tier = tierOf(native);
  return {
    promptTokens: sum('input') + sum('read') + sum('written5m') + sum('written1h'),
    completionTokens: sum('output'),
    cachedTokens: sum('read'),
    cacheWrite5mTokens: sum('written5m'),
    cacheWrite1hTokens: sum('written1h'),
    ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
    ...(searches === undefined ? {} : { webSearches: searches }),
    ...(tier === undefined ? {} : { serviceTier: tier }),
  };
}

/**
 * The newer figures of a stream over the older: they are totals, and what they leave out or give as null still holds.
 */
export function mergeUsage(older: JsonObject, newer: unknown): JsonObject {
  if (!isObject(newer)) return older;
  const told = Object.entries(newer).filter(([, value]) => value !== null && value !== undefined);
  return { ...older, ...Object.fromEntries(told) };
}

/** The tier under OpenAI's name for it. Fast mode is no tier there, but priced like one. */
export function tierOf(native: JsonObject): string | undefined {
  if (native['speed'] === 'fast') return 'fast';
  const tier = stringOf(native['service_tier']);
  return tier === undefined ? undefined : (ownEntry(TIERS, tier) ?? tier);
}

function compactions(native: JsonObject): JsonObject[] {
  const iterations = listOf(native['iterations']).filter(isObject);
  return iterations.filter((iteration) => iteration['type'] === 'compaction');
}

/** What was written to the cache without a word on its time to live was written for five minutes, the default. */
function countsOf(native: JsonObject): Counts {
  const split = objectOf(native['cache_creation']);
  const written1h = countOf(split['ephemeral_1h_input_tokens']) ?? 0;
  const told5m = countOf(split['ephemeral_5m_input_tokens']) ?? 0;
  const total = countOf(native['cache_creation_input_tokens']) ?? 0;
  return {
    input: countOf(native['input_tokens']) ?? 0,
    output: countOf(native['output_tokens']) ?? 0,
    read: countOf(native['cache_read_input_tokens']) ?? 0,
    written5m: Math.max(told5m, total - written1h),
    written1h,
  };
}
