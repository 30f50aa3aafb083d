import type { FinishReason } from '../../../core/chat.js';
import { ownEntry } from '../../../core/own-entry.js';

const CANONICAL: Readonly<Record<string, FinishReason>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool_calls',
  ERROR_TOXIC: 'content_filter',
};

/** Reasons that say that the answer failed, as an HTTP status of their kind. */
const FAILURES: Readonly<Record<string, number>> = { ERROR: 500, TIMEOUT: 504, ERROR_LIMIT: 503 };

/** The canonical reason. An answer that came to its end calls tools if and only if it holds calls. */
export function canonicalFinishReason(native: unknown, callsTools: boolean): FinishReason {
  const reason = ownEntry(CANONICAL, native) ?? 'stop';
  if (reason === 'tool_calls' && !callsTools) return 'stop';
  return reason === 'stop' && callsTools ? 'tool_calls' : reason;
}

/** The HTTP status of the failure that a reason tells; undefined where it tells none. */
export function failureStatusOf(native: unknown): number | undefined {
  return ownEntry(FAILURES, native);
}
