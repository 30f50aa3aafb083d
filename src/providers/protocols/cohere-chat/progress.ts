import type { ChunkDelta } from '../../../core/chat.js';
import { countOf, objectOf, stringOf, type JsonObject } from '../json.js';
import type { Texts } from './citations.js';
import { planDetail, thoughtDetail } from './thoughts.js';

/** A call of a stream: its place among all, and whether its arguments have begun to come. */
interface OpenCall {
  readonly place: number;
  readonly isSpoken: boolean;
}

/** What of a stream's answer came so far. */
export interface Progress {
  readonly texts: Texts;
  /** The place of each thought and of the plan among the reasoning details. */
  readonly details: ReadonlyMap<number | 'plan', number>;
  readonly calls: ReadonlyMap<number, OpenCall>;
  /** Citations as the provider gave them; they are told at the end. */
  readonly citations: readonly unknown[];
}

/** What an event leads to. */
export type Progressed = readonly [Progress, readonly ChunkDelta[]];

export const NOTHING_YET: Progress = {
  texts: new Map(),
  details: new Map(),
  calls: new Map(),
  citations: [],
};

const NONE: readonly ChunkDelta[] = [];

type Read = (progress: Progress, message: JsonObject, index: number) => Progressed;

/** Events of an answer that has begun, and how each continues it. What is not here changes nothing. */
export const CONTINUED: Readonly<Record<string, Read>> = {
  'content-start': readContent,
  'content-delta': readContent,
  'tool-plan-delta': (progress, { tool_plan: plan }) =>
    think(progress, 'plan', stringOf(plan) ?? ''),
  'tool-call-start': startCall,
  'tool-call-delta': (progress, message, index) =>
    argue(progress, index, stringOf(functionIn(message)['arguments']) ?? ''),
  'tool-call-end': endCall,
  'citation-start': (progress, { citations }) => [
    { ...progress, citations: [...progress.citations, ...[citations].flat()] },
    NONE,
  ],
};

/** The message of an event's delta, and the index that the event names. */
export function readDelta(event: JsonObject): readonly [JsonObject, number] {
  return [objectOf(objectOf(event['delta'])['message']), countOf(event['index']) ?? 0];
}

/** What is missing at the end: the arguments of calls that were never ended. */
export function closeCalls(progress: Progress): readonly ChunkDelta[] {
  return [...progress.calls.keys()].flatMap((index) => endCall(progress, {}, index)[1]);
}

function readContent(progress: Progress, message: JsonObject, index: number): Progressed {
  const content = objectOf(message['content']);
  const thought = stringOf(content['thinking']) ?? '';
  if (thought !== '') return think(progress, index, thought);
  const text = stringOf(content['text']);
  if (text === undefined) return [progress, NONE];
  const texts = new Map(progress.texts).set(index, (progress.texts.get(index) ?? '') + text);
  return [{ ...progress, texts }, text === '' ? NONE : [{ content: text }]];
}

function think(progress: Progress, block: number | 'plan', text: string): Progressed {
  if (text === '') return [progress, NONE];
  const place = progress.details.get(block) ?? progress.details.size;
  const detail = block === 'plan' ? planDetail(place, text) : thoughtDetail(place, text);
  const details = new Map(progress.details).set(block, place);
  return [{ ...progress, details }, [{ reasoning: text, reasoning_details: [detail] }]];
}

function startCall(progress: Progress, message: JsonObject, index: number): Progressed {
  if (progress.calls.has(index)) return [progress, NONE];
  const place = progress.calls.size;
  const { name, arguments: given } = functionIn(message);
  const id = stringOf(callIn(message)['id']) || `call_${place}`;
  const calls = new Map(progress.calls).set(index, { place, isSpoken: false });
  const called = { name: stringOf(name) ?? '', arguments: '' };
  const [next, deltas] = argue({ ...progress, calls }, index, stringOf(given) ?? '');
  return [
    next,
    [{ tool_calls: [{ index: place, id, type: 'function', function: called }] }, ...deltas],
  ];
}

function argue(progress: Progress, index: number, json: string): Progressed {
  const call = progress.calls.get(index);
  if (!call || json === '') return [progress, NONE];
  const calls = new Map(progress.calls).set(index, { ...call, isSpoken: true });
  return [{ ...progress, calls }, [argumentsDelta(call.place, json)]];
}

/** A call without arguments has none in its stream; text that is no JSON would help nobody. */
function endCall(progress: Progress, _message: JsonObject, index: number): Progressed {
  return argue(progress, index, progress.calls.get(index)?.isSpoken === false ? '{}' : '');
}

function argumentsDelta(index: number, json: string): ChunkDelta {
  return { tool_calls: [{ index, function: { arguments: json } }] };
}

function callIn(message: JsonObject): JsonObject {
  return objectOf([message['tool_calls']].flat()[0]);
}

function functionIn(message: JsonObject): JsonObject {
  return objectOf(callIn(message)['function']);
}
