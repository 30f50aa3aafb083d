import type { Usage } from '../../../core/usage.js';
import { countOf, isObject, objectOf, stringOf, type JsonObject } from '../json.js';
import { isThirdGeneration } from './model-family.js';

/**
 * Reads `usageMetadata`, whose figures are those of the whole answer so far. Prompts of built-in tools count as input
 * and thoughts as output, though Gemini tells both apart. Undefined where no tokens were told.
 * Source: ai.google.dev/api/generate-content#UsageMetadata.
 */
export function readUsage(body: JsonObject, webSearches: number): Usage | undefined {
  const native = objectOf(body['usageMetadata']);
  const prompt = countOf(native['promptTokenCount']);
  const candidates = countOf(native['candidatesTokenCount']);
  const thoughts = countOf(native['thoughtsTokenCount']);
  if (prompt === undefined && candidates === undefined && thoughts === undefined) return undefined;
  const promptTokens = (prompt ?? 0) + (countOf(native['toolUsePromptTokenCount']) ?? 0);
  const cached = countOf(native['cachedContentTokenCount']);
  return compact({
    promptTokens,
    completionTokens: (candidates ?? 0) + (thoughts ?? 0),
    cachedTokens: cached === undefined ? undefined : Math.min(cached, promptTokens),
    reasoningTokens: thoughts,
    promptAudioTokens: sum(
      tokensOf(native['promptTokensDetails'], 'AUDIO'),
      tokensOf(native['toolUsePromptTokensDetails'], 'AUDIO'),
    ),
    cachedAudioTokens: tokensOf(native['cacheTokensDetails'], 'AUDIO'),
    promptImageTokens: sum(
      tokensOf(native['promptTokensDetails'], 'IMAGE'),
      tokensOf(native['toolUsePromptTokensDetails'], 'IMAGE'),
    ),
    completionAudioTokens: tokensOf(native['candidatesTokensDetails'], 'AUDIO'),
    completionImageTokens: tokensOf(native['candidatesTokensDetails'], 'IMAGE'),
    webSearches: webSearches > 0 ? webSearches : undefined,
    serviceTier: readServiceTier(body),
  });
}

/** What Vertex AI says in place of a tier. Throughput that was bought in advance is no tier: nothing more is asked for it. */
const TIERS_OF_TRAFFIC: ReadonlyMap<unknown, string> = new Map([
  ['ON_DEMAND', 'standard'],
  ['ON_DEMAND_PRIORITY', 'priority'],
  ['ON_DEMAND_FLEX', 'flex'],
]);

/** The tier that served the call, in lower case as Gemini tells it today. */
function readServiceTier(body: JsonObject): string | undefined {
  const { serviceTier, trafficType } = objectOf(body['usageMetadata']);
  return stringOf(serviceTier)?.toLowerCase() ?? TIERS_OF_TRAFFIC.get(trafficType);
}

const SERVICE_TIERS: ReadonlyMap<string, string> = new Map([
  ['standard', 'default'],
  ['flex', 'flex'],
  ['priority', 'priority'],
]);

/** The tier that served the call by OpenAI's name; undefined where OpenAI has none for it. */
export function canonicalServiceTier(body: JsonObject): string | undefined {
  return SERVICE_TIERS.get(readServiceTier(body) ?? '');
}

/**
 * Searches to bill for the queries that an answer was grounded on: each query from the third generation on, before
 * that the grounded prompt. Source: ai.google.dev/gemini-api/docs/pricing, "Grounding with Google Search".
 */
export function billedSearches(queries: number, upstreamModel: string): number {
  return isThirdGeneration(upstreamModel) ? queries : Math.min(queries, 1);
}

/** Tokens of a modality in a list of `{modality, tokenCount}`; undefined where it is not told. */
function tokensOf(details: unknown, modality: string): number | undefined {
  if (!Array.isArray(details)) return undefined;
  let total: number | undefined;
  for (const entry of details) {
    if (isObject(entry) && stringOf(entry['modality'])?.toUpperCase() === modality) {
      total = sum(total, countOf(entry['tokenCount']));
    }
  }
  return total;
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : one + other;
}

/** Leaves out what was not told, so that "0" stays apart from "unknown". */
function compact(usage: { [Key in keyof Usage]: Usage[Key] | undefined }): Usage {
  const told: Record<string, unknown> = {};
  for (const field in usage) {
    const value = usage[field as keyof Usage];
    if (value !== undefined) told[field] = value;
  }
  return told as unknown as Usage;
}
