import type { ChunkDelta, UrlCitation } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import { isObject, objectOf, parseJson, stringOf, type JsonObject } from '../json.js';
import type { ServerSentEvent, StreamDecoder, StreamOutput } from '../protocol.js';
import { endByEvent, fail, failUnreadable, NOTHING } from '../stream-failure.js';
import { refusalOf } from './answer-parts.js';
import { fromInBandError } from './errors.js';
import { canonicalFinishReason, type FinishReasons } from './finish-reason.js';
import { closeBlock, continueBlock, openBlock, type OpenBlock, type Tally } from './open-block.js';
import { ownEntry } from '../../../core/own-entry.js';
import { chunks, lastChunk, told } from './stream-outputs.js';
import { mergeUsage } from './usage.js';

/** An answer in the middle of its stream. */
interface Answer {
  readonly finishReasons: FinishReasons;
  readonly tally: Tally;
  /** By the provider's index of the block. */
  readonly blocks: ReadonlyMap<number, OpenBlock>;
  /** The provider's own figures, the newest of each. */
  readonly usage: JsonObject;
  /** Held back until the end. */
  readonly annotations: readonly UrlCitation[];
}

export type StreamState =
  | { readonly phase: 'waiting'; readonly finishReasons: FinishReasons }
  | { readonly phase: 'answering'; readonly answer: Answer }
  /** The reason of the end is told; the end itself is not. */
  | {
      readonly phase: 'closing';
      readonly answer: Answer;
      readonly stopReason: string;
      readonly refusal: string | null;
    }
  | { readonly phase: 'ended' }
  | { readonly phase: 'failed' };

type Live = StreamState & { readonly phase: 'answering' | 'closing' };
type Step = readonly [StreamState, readonly StreamOutput[]];

const ENDED: StreamState = { phase: 'ended' };
const NO_TALLY: Tally = { text: 0, thoughts: 0, calls: 0 };

/** Events of an answer that has begun. Whatever is not here (`ping`, and kinds to come) changes nothing. */
const EVENTS: Readonly<Record<string, (state: Live, body: JsonObject) => Step>> = {
  message_start: restart,
  content_block_start: startBlock,
  content_block_delta: continueOpenBlock,
  content_block_stop: stopBlock,
  message_delta: readMessageDelta,
  message_stop: finish,
};

function step(state: StreamState, event: ServerSentEvent): Step {
  if (state.phase === 'ended' || state.phase === 'failed') return [state, NOTHING];
  const body = parseJson(event.data);
  if (body === undefined) {
    if (event.data.trim() === '') return [state, NOTHING];
    return failUnreadable();
  }
  if (!isObject(body)) return [state, NOTHING];
  const type = stringOf(body['type']) ?? event.event ?? '';
  if (type === 'error' || event.event === 'error') return fail(fromInBandError(body));
  return stepThrough(state, type, body);
}

/** Takes an event that is apart already, and is no error. */
export function stepThrough(state: StreamState, type: string, body: JsonObject): Step {
  if (state.phase === 'ended' || state.phase === 'failed') return [state, NOTHING];
  if (state.phase === 'waiting') return first(state.finishReasons, type, body);
  return ownEntry(EVENTS, type)?.(state, body) ?? [state, NOTHING];
}

/** Some proxies leave the beginning out: a block begins the answer as well. */
function first(finishReasons: FinishReasons, type: string, body: JsonObject): Step {
  if (type === 'message_start') return begin(finishReasons, body);
  if (!type.startsWith('content_block_')) return [{ phase: 'waiting', finishReasons }, NOTHING];
  const [begun, opening] = begin(finishReasons, {});
  const [next, outputs] = stepThrough(begun, type, body);
  return [next, [...opening, ...outputs]];
}

function begin(finishReasons: FinishReasons, body: JsonObject): Step {
  const message = objectOf(body['message']);
  const usage = mergeUsage({}, message['usage']);
  const answer: Answer = {
    finishReasons,
    tally: NO_TALLY,
    blocks: new Map(),
    usage,
    annotations: [],
  };
  const upstreamId = stringOf(message['id']);
  const upstreamModel = stringOf(message['model']);
  const identity: StreamOutput = {
    type: 'identity',
    ...(upstreamId === undefined ? {} : { upstreamId }),
    ...(upstreamModel === undefined ? {} : { upstreamModel }),
  };
  return [
    { phase: 'answering', answer },
    [identity, ...chunks([{ role: 'assistant', content: '' }]), ...told(usage)],
  ];
}

/** Some proxies send the beginning twice: only its figures count. */
function restart(state: Live, body: JsonObject): Step {
  const usage = mergeUsage(state.answer.usage, objectOf(body['message'])['usage']);
  return [{ ...state, answer: { ...state.answer, usage } }, told(usage)];
}

function startBlock(state: Live, body: JsonObject): Step {
  const index = indexOf(body);
  const native = objectOf(body['content_block']);
  const { answer } = state;
  const unclosed = answer.blocks.get(index);
  const { block, tally, deltas } = openBlock(native, answer.tally);
  const [closed, before] = closing(answer, unclosed ? [unclosed] : []);
  const next = { ...closed, tally, blocks: new Map(answer.blocks).set(index, block) };
  return [
    { ...state, answer: next },
    [...chunks(before), ...fallbackModel(native), ...chunks(deltas)],
  ];
}

/** Another model took over in mid-stream. */
function fallbackModel(native: JsonObject): StreamOutput[] {
  const model =
    native['type'] === 'fallback' ? stringOf(objectOf(native['to'])['model']) : undefined;
  return model === undefined ? [] : [{ type: 'identity', upstreamModel: model }];
}

function continueOpenBlock(state: Live, body: JsonObject): Step {
  const index = indexOf(body);
  const { answer } = state;
  const delta = objectOf(body['delta']);
  const open = answer.blocks.get(index) ?? unannounced(delta, answer.tally);
  if (!open) return [state, NOTHING];
  const { block, tally, deltas } = continueBlock(open, delta, answer.tally);
  const blocks =
    block === answer.blocks.get(index) ? answer.blocks : new Map(answer.blocks).set(index, block);
  return [{ ...state, answer: { ...answer, tally, blocks } }, chunks(deltas)];
}

/** A piece of text that no block began for: it begins one. */
function unannounced(delta: JsonObject, tally: Tally): OpenBlock | undefined {
  return delta['type'] === 'text_delta' ? openBlock({ type: 'text' }, tally).block : undefined;
}

function stopBlock(state: Live, body: JsonObject): Step {
  const index = indexOf(body);
  const { answer } = state;
  const open = answer.blocks.get(index);
  if (!open) return [state, NOTHING];
  const blocks = new Map(answer.blocks);
  blocks.delete(index);
  const [closed, deltas] = closing(answer, [open]);
  return [{ ...state, answer: { ...closed, blocks } }, chunks(deltas)];
}

/**
 * The answer and the deltas after the end of blocks. Annotations are kept for the end of the answer: OpenAI sends
 * them in one piece, and its package for Python fails on a second one, as their entries have no index.
 */
function closing(answer: Answer, blocks: readonly OpenBlock[]): [Answer, ChunkDelta[]] {
  const all = blocks.flatMap((block) => closeBlock(block, answer.tally));
  const held = all.flatMap(({ annotations }) => annotations ?? []);
  const deltas = all.filter(({ annotations }) => annotations === undefined);
  return [{ ...answer, annotations: [...answer.annotations, ...held] }, deltas];
}

function readMessageDelta(state: Live, body: JsonObject): Step {
  const delta = objectOf(body['delta']);
  const usage = mergeUsage(state.answer.usage, body['usage']);
  const answer = { ...state.answer, usage };
  const stopReason = stringOf(delta['stop_reason']);
  if (stopReason === undefined) return [{ ...state, answer }, told(usage)];
  return [
    { phase: 'closing', answer, stopReason, refusal: refusalOf(delta['stop_details']) },
    told(usage),
  ];
}

function finish(state: Live): Step {
  const [answer, leftOpen] = closing(state.answer, [...state.answer.blocks.values()]);
  const { annotations } = answer;
  const cited = annotations.length === 0 ? [] : [{ annotations: [...annotations] }];
  const stopReason = state.phase === 'closing' ? state.stopReason : undefined;
  const refusal = state.phase === 'closing' ? state.refusal : null;
  const finishReason = canonicalFinishReason(
    stopReason,
    answer.tally.calls > 0,
    answer.finishReasons,
  );
  return [
    ENDED,
    [
      ...chunks([...leftOpen, ...cited]),
      lastChunk(finishReason, stopReason, refusal, answer.usage),
      { type: 'end' },
    ],
  ];
}

function indexOf(body: JsonObject): number {
  return typeof body['index'] === 'number' ? body['index'] : 0;
}

/** Events of a Messages stream as chunks. An answer is complete when message_stop was seen, and only then. */
export const stream: StreamDecoder<StreamState> = {
  start: (target: Target) => ({
    phase: 'waiting',
    finishReasons: target.provider.quirks?.finishReasons,
  }),
  step,
  end: endByEvent,
};
