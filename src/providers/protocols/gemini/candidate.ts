import type { ChunkDelta, ToolCallDelta } from '../../../core/chat.js';
import { isObject, objectOf, stringOf, type JsonObject } from '../json.js';
import { audioDelta, imageUrl } from './media-out.js';
import { continueCall, type PartialCall } from './partial-call.js';
import {
  imageSignature,
  partDetail,
  textSignature,
  thoughtDetail,
  type Place,
} from './reasoning.js';

/** What the parts of a candidate are doing; an unsigned thought goes on with the next unsigned one. */
export type CandidatePhase =
  | { readonly name: 'unopened' }
  | { readonly name: 'answering' }
  | { readonly name: 'thinking'; readonly detail: Place }
  | { readonly name: 'calling'; readonly call: PartialCall };

/** What has been told of a candidate so far. */
export interface PartsState {
  readonly phase: CandidatePhase;
  readonly content: string;
  readonly details: number;
  readonly calls: number;
  readonly images: number;
  readonly hasAudio: boolean;
}

/** What makes ids that the answer does not bring unique: the answer's own id and the candidate's index. */
export interface PartContext {
  readonly responseId: string | undefined;
  readonly index: number;
}

export const NO_PARTS: PartsState = {
  phase: { name: 'unopened' },
  content: '',
  details: 0,
  calls: 0,
  images: 0,
  hasAudio: false,
};

type Step = readonly [PartsState, readonly ChunkDelta[]];
type PartReader = (state: PartsState, part: JsonObject, context: PartContext) => Step;

const ANSWERING: CandidatePhase = { name: 'answering' };
const SILENT: readonly ChunkDelta[] = [];

/** Takes the next part of a candidate's content and gives the deltas that tell it. */
export function takePart(state: PartsState, part: unknown, context: PartContext): Step {
  if (!isObject(part)) return [state, SILENT];
  return readerOf(part)(state, part, context);
}

function readerOf(part: JsonObject): PartReader {
  if (isObject(part['functionCall'])) return takeCall;
  if (part['thought'] === true) return isObject(part['inlineData']) ? takeOther : takeThought;
  if (isObject(part['inlineData'])) return takeMedia;
  if (typeof part['text'] === 'string') return takeText;
  return takeOther;
}

function placeOf(state: PartsState): Place {
  return { index: state.details, contentLength: state.content.length };
}

function signatureOf(part: JsonObject): string | undefined {
  return stringOf(part['thoughtSignature']);
}

function takeText(state: PartsState, part: JsonObject): Step {
  const text = stringOf(part['text']) ?? '';
  const signature = signatureOf(part);
  if (text === '' && signature === undefined) return [state, SILENT];
  const [closed, before] = closeCall(state);
  const details =
    signature === undefined ? [] : [textSignature(placeOf(closed), text.length, signature)];
  const next: PartsState = {
    ...closed,
    phase: ANSWERING,
    content: closed.content + text,
    details: closed.details + details.length,
  };
  const delta: ChunkDelta = {
    ...(text === '' ? {} : { content: text }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
  };
  return [next, [...before, delta]];
}

function takeThought(state: PartsState, part: JsonObject): Step {
  const text = stringOf(part['text']) ?? '';
  const signature = signatureOf(part);
  if (text === '' && signature === undefined) return [state, SILENT];
  const [closed, before] = closeCall(state);
  // A signed part must go back as it came, so it is never joined with the one before.
  const isContinued = closed.phase.name === 'thinking' && signature === undefined;
  const place = isContinued ? closed.phase.detail : placeOf(closed);
  const next: PartsState = {
    ...closed,
    phase: signature === undefined ? { name: 'thinking', detail: place } : ANSWERING,
    details: closed.details + (isContinued ? 0 : 1),
  };
  const delta: ChunkDelta = {
    ...(text === '' ? {} : { reasoning: text }),
    reasoning_details: [thoughtDetail(place, text, signature)],
  };
  return [next, [...before, delta]];
}

function takeMedia(state: PartsState, part: JsonObject, context: PartContext): Step {
  const native = objectOf(part['inlineData']);
  const mimeType = stringOf(native['mimeType']) ?? '';
  const data = stringOf(native['data']) ?? '';
  if (mimeType.startsWith('audio/')) {
    const [closed, before] = closeCall(state);
    const delta = { audio: audioDelta(mimeType, data, closed.hasAudio, context) };
    return [{ ...closed, phase: ANSWERING, hasAudio: true }, [...before, delta]];
  }
  if (!mimeType.startsWith('image/')) return takeOther(state, part);
  const [closed, before] = closeCall(state);
  const signature = signatureOf(part);
  const details =
    signature === undefined ? [] : [imageSignature(placeOf(closed), closed.images, signature)];
  const next: PartsState = {
    ...closed,
    phase: ANSWERING,
    images: closed.images + 1,
    details: closed.details + details.length,
  };
  const delta: ChunkDelta = {
    images: [imageUrl(mimeType, data)],
    ...(details.length === 0 ? {} : { reasoning_details: details }),
  };
  return [next, [...before, delta]];
}

/** Runs of built-in tools and whatever comes after them one day: nothing of the text, but it has to go back. */
function takeOther(state: PartsState, part: JsonObject): Step {
  const { thoughtSignature, ...rest } = part;
  const signature = stringOf(thoughtSignature);
  if (Object.keys(rest).length === 0) {
    return signature === undefined ? [state, SILENT] : takeText(state, { ...part, text: '' });
  }
  const [closed, before] = closeCall(state);
  const detail = partDetail(placeOf(closed), rest, signature);
  const next: PartsState = { ...closed, phase: ANSWERING, details: closed.details + 1 };
  return [next, [...before, { reasoning_details: [detail] }]];
}

/** A call comes whole, or with a name first and its arguments in pieces until one does not say `willContinue`. */
function takeCall(state: PartsState, part: JsonObject, context: PartContext): Step {
  const native = objectOf(part['functionCall']);
  const name = stringOf(native['name']);
  if (name === undefined || name === '') return continueOpenCall(state, native);
  const [closed, before] = closeCall(state);
  const index = closed.calls;
  const call = continueCall({ index, args: {} }, native);
  const willContinue = native['willContinue'] === true;
  const announced: ToolCallDelta = {
    index,
    id: stringOf(native['id']) ?? syntheticCallId(context, index),
    type: 'function',
    function: { name, arguments: willContinue ? '' : JSON.stringify(call.args) },
    ...extraContent(signatureOf(part)),
  };
  const next: PartsState = {
    ...closed,
    phase: willContinue ? { name: 'calling', call } : ANSWERING,
    calls: index + 1,
  };
  return [next, [...before, { tool_calls: [announced] }]];
}

function continueOpenCall(state: PartsState, native: JsonObject): Step {
  if (state.phase.name !== 'calling') return [state, SILENT];
  const call = continueCall(state.phase.call, native);
  const next: PartsState = { ...state, phase: { name: 'calling', call } };
  return native['willContinue'] === true ? [next, SILENT] : closeCall(next);
}

/** Ends a call whose arguments came in pieces: they are told at once, for they came as paths, not as JSON text. */
export function closeCall(state: PartsState): Step {
  if (state.phase.name !== 'calling') return [state, SILENT];
  const { index, args } = state.phase.call;
  const delta: ToolCallDelta = { index, function: { arguments: JSON.stringify(args) } };
  return [{ ...state, phase: ANSWERING }, [{ tool_calls: [delta] }]];
}

function extraContent(signature: string | undefined): Pick<ToolCallDelta, 'extra_content'> {
  return signature === undefined
    ? {}
    : { extra_content: { google: { thought_signature: signature } } };
}

const SYNTHETIC_CALL_ID = /^call_(?:.+_)?\d+_\d+$/;

function syntheticCallId({ responseId, index }: PartContext, call: number): string {
  return responseId === undefined ? `call_${index}_${call}` : `call_${responseId}_${index}_${call}`;
}

/** Whether the gateway made the id of a call, because Gemini gave none. */
export function isSyntheticCallId(id: string): boolean {
  return SYNTHETIC_CALL_ID.test(id);
}
