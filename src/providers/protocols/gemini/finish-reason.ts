import type { FinishReason } from '../../../core/chat.js';

/**
 * Gemini's finish reasons as OpenAI's. What neither ended the text nor was filtered (a malformed call, OTHER) has no
 * counterpart there and becomes `stop`; the native word stands beside it.
 * Source: ai.google.dev/api/generate-content#FinishReason, and the list of Vertex AI.
 */
const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'content_filter'],
  ['RECITATION', 'content_filter'],
  ['LANGUAGE', 'content_filter'],
  ['BLOCKLIST', 'content_filter'],
  ['PROHIBITED_CONTENT', 'content_filter'],
  ['SPII', 'content_filter'],
  ['MODEL_ARMOR', 'content_filter'],
  ['IMAGE_SAFETY', 'content_filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content_filter'],
  ['IMAGE_RECITATION', 'content_filter'],
]);

/** The canonical finish reason: a `stop` after which tools are to be run is `tool_calls`. */
export function canonicalFinishReason(native: string, callsTools: boolean): FinishReason {
  const reason = FINISH_REASONS.get(native) ?? 'stop';
  return reason === 'stop' && callsTools ? 'tool_calls' : reason;
}
