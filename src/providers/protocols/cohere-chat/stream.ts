import type { ChatChunk, ChunkDelta } from '../../../core/chat.js';
import { ownEntry } from '../../../core/own-entry.js';
import { isObject, objectOf, parseJson, stringOf, type JsonObject } from '../json.js';
import type { ServerSentEvent, StreamDecoder, StreamOutput } from '../protocol.js';
import { endByEvent, fail, failUnreadable, NOTHING } from '../stream-failure.js';
import { readCitations } from './citations.js';
import { fromInBandError } from './errors.js';
import { canonicalFinishReason, failureStatusOf } from './finish-reason.js';
import { closeCalls, CONTINUED, NOTHING_YET, readDelta, type Progress } from './progress.js';
import { readUsage } from './usage.js';

export type StreamState =
  | { readonly phase: 'waiting' }
  | { readonly phase: 'answering'; readonly progress: Progress }
  | { readonly phase: 'ended' }
  | { readonly phase: 'failed' };

type Step = readonly [StreamState, readonly StreamOutput[]];

const ENDED: StreamState = { phase: 'ended' };

function step(state: StreamState, event: ServerSentEvent): Step {
  if (state.phase === 'ended' || state.phase === 'failed') return [state, NOTHING];
  if (event.data.trim() === '' || event.data === '[DONE]') return [state, NOTHING];
  const body = parseJson(event.data);
  if (!isObject(body)) return failUnreadable();
  const type = stringOf(body['type']) ?? event.event;
  // What has no type is the body of an error.
  if (type === undefined || type === 'error') return fail(fromInBandError(body));
  if (state.phase === 'waiting') return first(type, body, event);
  if (type === 'message-end') return finish(state.progress, objectOf(body['delta']));
  const read = ownEntry(CONTINUED, type);
  if (!read) return [state, NOTHING];
  const [progress, deltas] = read(state.progress, ...readDelta(body));
  return [{ phase: 'answering', progress }, deltas.map(chunkOf)];
}

/** Who leaves the beginning out begins with what there is to say. */
function first(type: string, body: JsonObject, event: ServerSentEvent): Step {
  if (type === 'message-start') return begin(body);
  if (!ownEntry(CONTINUED, type)) return [{ phase: 'waiting' }, NOTHING];
  const [begun, opening] = begin({});
  const [next, outputs] = step(begun, event);
  return [next, [...opening, ...outputs]];
}

function begin(body: JsonObject): Step {
  const upstreamId = stringOf(body['id']);
  const identity: StreamOutput = {
    type: 'identity',
    ...(upstreamId === undefined ? {} : { upstreamId }),
  };
  return [
    { phase: 'answering', progress: NOTHING_YET },
    [identity, chunkOf({ role: 'assistant', content: '' })],
  ];
}

/** The figures come before the failure that an answer may end with: it is billed all the same. */
function finish(progress: Progress, delta: JsonObject): Step {
  const { finish_reason: native } = delta;
  const usage = readUsage(delta['usage']);
  const told: readonly StreamOutput[] = usage ? [{ type: 'usage', usage }] : NOTHING;
  const failure = failureStatusOf(native);
  if (failure !== undefined) {
    const [state, outputs] = fail(fromInBandError(delta, failure));
    return [state, [...told, ...outputs]];
  }
  const { annotations, others } = readCitations(progress.citations, progress.texts);
  const choice = {
    index: 0,
    delta: annotations.length === 0 ? {} : { annotations: [...annotations] },
    finish_reason: canonicalFinishReason(native, progress.calls.size > 0),
    ...(typeof native === 'string' ? { native_finish_reason: native } : {}),
    ...(others.length === 0 ? {} : { citations: others }),
  };
  const chunk: ChatChunk = { choices: [choice] };
  const last: readonly StreamOutput[] = [{ type: 'chunk', chunk }, ...told, { type: 'end' }];
  return [ENDED, [...closeCalls(progress).map(chunkOf), ...last]];
}

function chunkOf(delta: ChunkDelta): StreamOutput {
  return { type: 'chunk', chunk: { choices: [{ index: 0, delta, finish_reason: null }] } };
}

/** Events of a stream as chunks. An answer is complete when message-end was seen, and only then. */
export const stream: StreamDecoder<StreamState> = {
  start: () => ({ phase: 'waiting' }),
  step,
  end: endByEvent,
};
