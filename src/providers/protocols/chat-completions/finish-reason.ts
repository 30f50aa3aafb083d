import type { FinishReason } from '../../../core/chat.js';
import { ownEntry } from '../../../core/own-entry.js';

const CANONICAL: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  COMPLETE: 'stop',
  STOP: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  time_limit: 'length',
  MAX_TOKENS: 'length',
  tool_calls: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
  refusal: 'content_filter',
  SAFETY: 'content_filter',
};

/** Reasons that say that the provider broke off; what came is not an answer. */
const FAILURES: ReadonlySet<string> = new Set([
  'error',
  'cancelled',
  'insufficient_system_resource',
]);

/** Whether a finish reason means that the provider failed. */
export function isFailure(native: unknown): boolean {
  return typeof native === 'string' && FAILURES.has(native);
}

/** The canonical reason; a choice that calls tools says so, however the provider words it. */
export function canonicalFinishReason(native: unknown, callsTools: boolean): FinishReason {
  const reason = ownEntry(CANONICAL, native) ?? 'stop';
  return reason === 'stop' && callsTools ? 'tool_calls' : reason;
}
