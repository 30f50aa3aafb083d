import { count, isJson, object, objects, type Json } from '../json.js';
import type { UsageReading } from './reading.js';

/** The last usage that an answer in OpenAI's chat shape tells, in inclusive terms. */
export function chatUsage(payloads: readonly Json[]): UsageReading | undefined {
  const told = payloads.flatMap(usagesIn).at(-1);
  if (!told) return undefined;
  const prompt = promptTokens(told);
  const reasoning = reasoningTokens(told);
  return {
    prompt,
    completion: completionTokens(told, prompt, reasoning),
    // Grok on Azure tells more cached tokens than the prompt has.
    cached: Math.min(prompt, cachedTokens(told)),
    cacheWrite: count(object(told['prompt_tokens_details'])['cache_write_tokens']),
    reasoning,
  };
}

/** In its own field, in Groq's extension, or inside a choice. */
function usagesIn(payload: Json): Json[] {
  const places = [
    ...objects(payload['choices']).map((choice) => choice['usage']),
    object(payload['x_groq'])['usage'],
    payload['usage'],
  ];
  return places.filter(isJson);
}

/** Mistral leaves audio out of prompt_tokens: the total shows it. */
function promptTokens(usage: Json): number {
  const prompt = count(usage['prompt_tokens']);
  const audio = count(object(usage['prompt_tokens_details'])['audio_tokens']);
  const total = count(usage['total_tokens']);
  const audioIsBeside = audio > 0 && total === prompt + audio + count(usage['completion_tokens']);
  return audioIsBeside ? prompt + audio : prompt;
}

/**
 * cost-semantics.md, section 5: reasoning is inside unless the total shows it beside; where neither holds, the
 * greater of what is told and what the total leaves.
 */
function completionTokens(usage: Json, prompt: number, reasoning: number): number {
  const completion = count(usage['completion_tokens']);
  const total = count(usage['total_tokens']);
  // Vercel's gateway leaves reasoning out of both figures; what it charges is the price of all.
  if (usage['market_cost'] !== undefined) return completion + reasoning;
  if (total === 0 || total === prompt + completion) return completion;
  if (total === prompt + completion + reasoning) return completion + reasoning;
  return Math.max(completion, total - prompt);
}

function reasoningTokens(usage: Json): number {
  return (
    count(object(usage['completion_tokens_details'])['reasoning_tokens']) ||
    count(usage['reasoning_tokens'])
  );
}

/** OpenAI's place, then DeepSeek's, then those of smaller providers. */
function cachedTokens(usage: Json): number {
  const places = [
    object(usage['prompt_tokens_details'])['cached_tokens'],
    usage['prompt_cache_hit_tokens'],
    usage['cached_tokens'],
    usage['num_cached_tokens'],
  ];
  return count(places.find((value) => count(value) > 0));
}
