import type { ChunkChoice, FinishReason } from '../../../core/chat.js';
import { canonicalTier } from '../chat-completions/envelope.js';
import { objectOf, stringOf, type JsonObject } from '../json.js';
import type { Progress } from './progress.js';

/** States in which a response holds an answer. */
const ANSWERED: ReadonlySet<unknown> = new Set(['completed', 'incomplete', undefined]);

/** Whether a response holds an answer, whole or cut. */
export function isAnswered({ status }: JsonObject): boolean {
  return ANSWERED.has(status);
}

/** The last piece of an answer: why it ended, and what could be told only then. */
export function lastChoice(response: JsonObject, progress: Progress): ChunkChoice {
  const { annotations, sources } = progress;
  const cut = stringOf(objectOf(response['incomplete_details'])['reason']);
  const native = cut ?? stringOf(response['status']);
  return {
    index: 0,
    delta: annotations.length === 0 ? {} : { annotations: [...annotations] },
    finish_reason: finishReason(response, cut, progress.calls > 0),
    ...(native === undefined ? {} : { native_finish_reason: native }),
    ...(sources.length === 0 ? {} : { search_results: sources.map((url) => ({ url })) }),
  };
}

function finishReason(
  response: JsonObject,
  cut: string | undefined,
  callsTools: boolean,
): FinishReason {
  if (cut === 'content_filter') return 'content_filter';
  if (cut !== undefined || response['status'] === 'incomplete') return 'length';
  return callsTools ? 'tool_calls' : 'stop';
}

/** What is told of the answer as a whole. */
export function described(response: JsonObject): { service_tier?: string } {
  const tier = canonicalTier(response['service_tier']);
  return tier === undefined ? {} : { service_tier: tier };
}
