import type { ChatChunk } from '../../../core/chat.js';
import { isObject, stringOf, type JsonObject } from '../json.js';

/** The value of an enumeration that was not set. */
const UNSPECIFIED = 'BLOCKED_REASON_UNSPECIFIED';

/**
 * Why the prompt was refused, or undefined if it was not. An answer without candidates may bring the reason in words
 * only. Source: ai.google.dev/api/generate-content#PromptFeedback.
 */
export function blockReason(body: JsonObject): string | undefined {
  const feedback = body['promptFeedback'];
  if (!isObject(feedback)) return undefined;
  const reason = stringOf(feedback['blockReason']);
  if (reason !== undefined && reason !== '') return reason;
  return stringOf(feedback['blockReasonMessage']) === undefined ? undefined : UNSPECIFIED;
}

/** A refused prompt as an answer without text. */
export function finishBlocked(reason: string): readonly ChatChunk[] {
  return [
    { choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] },
    {
      choices: [
        { index: 0, delta: {}, finish_reason: 'content_filter', native_finish_reason: reason },
      ],
    },
  ];
}
