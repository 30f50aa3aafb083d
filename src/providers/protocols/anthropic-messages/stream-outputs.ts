import type { ChunkDelta, FinishReason } from '../../../core/chat.js';
import { canonicalTier } from '../chat-completions/envelope.js';
import type { JsonObject } from '../json.js';
import type { StreamOutput } from '../protocol.js';
import { readUsage, tierOf } from './usage.js';

/** The chunk that tells why the answer ended, and the tier that served it. */
export function lastChunk(
  finishReason: FinishReason,
  native: string | undefined,
  refusal: string | null,
  usage: JsonObject,
): StreamOutput {
  const tier = canonicalTier(tierOf(usage));
  const choice = {
    index: 0,
    delta: refusal === null ? {} : { refusal },
    finish_reason: finishReason,
    ...(native === undefined ? {} : { native_finish_reason: native }),
  };
  return {
    type: 'chunk',
    chunk: { choices: [choice], ...(tier === undefined ? {} : { service_tier: tier }) },
  };
}

/** Deltas, each as a chunk of the only choice. */
export function chunks(deltas: readonly ChunkDelta[]): StreamOutput[] {
  return deltas.map((delta) => ({
    type: 'chunk',
    chunk: { choices: [{ index: 0, delta, finish_reason: null }] },
  }));
}

/** The figures of the provider, where they are any. */
export function told(native: JsonObject): readonly StreamOutput[] {
  const usage = readUsage(native);
  return usage ? [{ type: 'usage', usage }] : [];
}
