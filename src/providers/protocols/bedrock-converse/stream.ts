import { ownEntry } from '../../../core/own-entry.js';
import {
  stepThrough,
  stream as messagesStream,
  type StreamState,
} from '../anthropic-messages/stream.js';
import { isObject, objectOf, parseJson, stringOf, type JsonObject } from '../json.js';
import type { ServerSentEvent, StreamDecoder, StreamOutput } from '../protocol.js';
import { fail, failUnreadable, NOTHING } from '../stream-failure.js';
import { isOwnTool, messagesCitation } from './answer-blocks.js';
import { fromBlob } from './blob.js';
import { fromStreamError } from './errors.js';
import { withFinishReasons } from './finish-reasons.js';
import { ANSWER_TOOL } from './output-format.js';
import { messagesUsage } from './usage.js';

export type { StreamState };

type Step = readonly [StreamState, readonly StreamOutput[]];

/** The events of the Messages API that say what an event of Converse says. Others say nothing for the client. */
const EVENTS: Readonly<
  Record<string, (body: JsonObject, state: StreamState) => readonly JsonObject[]>
> = {
  messageStart: () => [{ type: 'message_start', message: {} }],
  contentBlockStart: (body) => [startOf(body)],
  contentBlockDelta: deltasOf,
  contentBlockStop: ({ contentBlockIndex: index }) => [{ type: 'content_block_stop', index }],
  messageStop: ({ stopReason }) => [
    { type: 'message_delta', delta: { stop_reason: stringOf(stopReason) ?? 'end_turn' } },
  ],
  metadata: ({ usage, serviceTier }, state) => [
    { type: 'message_delta', usage: messagesUsage(usage, serviceTier) },
    // The figures are the last that comes; before the reason of the end they would be an end without one.
    ...(state.phase === 'closing' ? [MESSAGE_STOP] : []),
  ],
};

const MESSAGE_STOP: JsonObject = { type: 'message_stop' };

function startOf({ contentBlockIndex: index, start }: JsonObject): JsonObject {
  return { type: 'content_block_start', index, content_block: blockOf(objectOf(start)) };
}

/** What begins: a call, unless the provider runs the tool itself, or something that tells its kind by its pieces. */
function blockOf({ toolUse, toolResult, image }: JsonObject): JsonObject {
  if (isObject(toolResult) || isObject(image)) return { type: 'unknown' };
  const { toolUseId: id, name, type } = objectOf(toolUse);
  if (!isObject(toolUse) || name === ANSWER_TOOL) return { type: 'text', text: '' };
  return { type: isOwnTool(type) ? 'unknown' : 'tool_use', id, name };
}

/** Blocks of text and of thoughts begin with their first piece. */
function deltasOf(body: JsonObject, state: StreamState): readonly JsonObject[] {
  const { contentBlockIndex: index } = body;
  const delta = objectOf(body['delta']);
  const open = 'answer' in state ? state.answer.blocks.get(Number(index)) : undefined;
  const { block, piece } = pieceOf(delta, open?.kind === 'text');
  return [
    ...(open === undefined
      ? [{ type: 'content_block_start', index, content_block: block }]
      : NO_START),
    ...(piece ? [{ type: 'content_block_delta', index, delta: piece }] : NO_START),
  ];
}

const NO_START: readonly JsonObject[] = [];

interface Piece {
  /** What begins with this piece, if nothing has begun. */
  readonly block: JsonObject;
  readonly piece?: JsonObject;
}

function pieceOf(delta: JsonObject, isText: boolean): Piece {
  const { text, toolUse, reasoningContent, citation } = delta;
  const TEXT = { type: 'text', text: '' };
  if (typeof text === 'string') return { block: TEXT, piece: { type: 'text_delta', text } };
  if (isObject(citation))
    return {
      block: TEXT,
      piece: { type: 'citations_delta', citation: messagesCitation(citation) },
    };
  if (isObject(toolUse)) {
    const { input } = toolUse;
    return {
      block: { type: 'unknown' },
      piece: isText
        ? { type: 'text_delta', text: input }
        : { type: 'input_json_delta', partial_json: input },
    };
  }
  if (isObject(reasoningContent)) return thoughtOf(reasoningContent);
  return { block: { type: 'unknown' } };
}

function thoughtOf({ text, signature, redactedContent }: JsonObject): Piece {
  if (typeof redactedContent === 'string')
    return { block: { type: 'redacted_thinking', data: fromBlob(redactedContent) } };
  return {
    block: { type: 'thinking', thinking: '' },
    piece: { type: 'thinking_delta', thinking: text, signature },
  };
}

function step(state: StreamState, event: ServerSentEvent): Step {
  if (state.phase === 'ended' || state.phase === 'failed') return [state, NOTHING];
  const body = parseJson(event.data);
  if (event.event === 'error') return fail(fromStreamError(body));
  const read = ownEntry(EVENTS, event.event);
  // Messages of other kinds (`initial-response`) may be empty.
  if (!read) return [state, NOTHING];
  if (!isObject(body)) return failUnreadable();
  return through(state, read(body, state));
}

function through(state: StreamState, events: readonly JsonObject[]): Step {
  const outputs: StreamOutput[] = [];
  let current = state;
  for (const event of events) {
    const [next, made] = stepThrough(current, String(event['type']), event);
    current = next;
    for (const output of made) if (!isEmptyIdentity(output)) outputs.push(output);
  }
  return [current, outputs];
}

/** Converse gives an answer no id. */
function isEmptyIdentity(output: StreamOutput): boolean {
  return output.type === 'identity' && !output.upstreamId && !output.upstreamModel;
}

/** An answer whose reason of the end was told is complete, also where the figures behind it are missing. */
function end(state: StreamState): readonly StreamOutput[] {
  return state.phase === 'closing' ? through(state, [MESSAGE_STOP])[1] : messagesStream.end(state);
}

/** Events of ConverseStream as chunks, by way of the Messages API's. */
export const stream: StreamDecoder<StreamState> = {
  start: (target) => messagesStream.start(withFinishReasons(target)),
  step,
  end,
};
