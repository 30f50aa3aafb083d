import type { FinishReason } from '../../../core/chat.js';
import { ownEntry } from '../../../core/own-entry.js';

const CANONICAL: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  compaction: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
};

const ALL: ReadonlySet<string> = new Set<FinishReason>([
  'stop',
  'length',
  'tool_calls',
  'content_filter',
]);

/** Native reasons that a provider of this dialect adds, and what they mean. */
export type FinishReasons = Readonly<Record<string, string>> | undefined;

/**
 * The canonical reason. An answer that came to its end calls tools if and only if it holds calls of functions: the
 * provider's own tools are no calls of the client's.
 */
export function canonicalFinishReason(
  native: unknown,
  callsTools: boolean,
  added: FinishReasons,
): FinishReason {
  const own = ownEntry(added ?? {}, native);
  const known =
    own !== undefined && ALL.has(own) ? (own as FinishReason) : ownEntry(CANONICAL, native);
  const reason = known ?? 'stop';
  return reason === 'stop' && callsTools ? 'tool_calls' : reason;
}
