import type { FinishReason } from '../../../core/chat.js';
import { ownEntry } from '../../../core/own-entry.js';

/**
 * What speakers of this dialect say, in lower case. Beside OpenAI's own words: those that proxies pass on from other
 * dialects, Mistral's `model_length`, Together's `eos`, and Z.AI's `sensitive` and `model_context_window_exceeded`.
 */
const CANONICAL: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  complete: 'stop',
  completed: 'stop',
  length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  max_new_tokens: 'length',
  model_length: 'length',
  time_limit: 'length',
  model_context_window_exceeded: 'length',
  tool_calls: 'tool_calls',
  tool_call: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
  content_filtered: 'content_filter',
  guardrail_intervened: 'content_filter',
  refusal: 'content_filter',
  safety: 'content_filter',
  sensitive: 'content_filter',
  recitation: 'content_filter',
  blocklist: 'content_filter',
  prohibited_content: 'content_filter',
  spii: 'content_filter',
  error_toxic: 'content_filter',
};

/** Reasons that say that the provider broke off (DeepSeek, Z.AI, vLLM, Cohere); what came is not an answer. */
const FAILURES: ReadonlySet<string> = new Set([
  'error',
  'cancelled',
  'insufficient_system_resource',
  'network_error',
  'abort',
  'timeout',
  'error_limit',
]);

/** Whether a finish reason means that the provider failed. */
export function isFailure(native: unknown): boolean {
  const word = wordOf(native);
  return word !== undefined && FAILURES.has(word);
}

/** The canonical reason; a choice that calls tools says so, however the provider words it. */
export function canonicalFinishReason(native: unknown, callsTools: boolean): FinishReason {
  const reason = ownEntry(CANONICAL, wordOf(native)) ?? 'stop';
  return reason === 'stop' && callsTools ? 'tool_calls' : reason;
}

/** Google's endpoint for this dialect says more behind a colon: `content_filter: RECITATION`. */
function wordOf(native: unknown): string | undefined {
  return typeof native === 'string' ? native.split(':', 1)[0]?.trim().toLowerCase() : undefined;
}
