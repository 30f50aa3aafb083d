import type {
  AssistantMessage,
  ChatChunk,
  Choice,
  ChunkChoice,
  ChunkDelta,
  ReasoningDetail,
  ToolCall,
  ToolCallDelta,
} from '../../../core/chat.js';
import { isObject, stringOf } from '../json.js';

/** The choices that a client would make of the chunks: a whole answer is read as a stream of one event. */
export function foldChunks(chunks: readonly ChatChunk[]): Choice[] {
  const choices = new Map<number, Choice>();
  for (const chunk of chunks) {
    for (const piece of chunk.choices) {
      choices.set(
        piece.index,
        withPiece(choices.get(piece.index) ?? emptyChoice(piece.index), piece),
      );
    }
  }
  return [...choices.values()].sort((one, other) => one.index - other.index);
}

function emptyChoice(index: number): Choice {
  const message: AssistantMessage = { role: 'assistant', content: null, refusal: null };
  return { index, message, logprobs: null, finish_reason: 'stop' };
}

function withPiece(choice: Choice, piece: ChunkChoice): Choice {
  const { delta, finish_reason: finishReason, logprobs, ...rest } = piece;
  return {
    ...choice,
    ...rest,
    message: withDelta(choice.message, delta),
    logprobs: logprobs ?? choice.logprobs,
    finish_reason: finishReason ?? choice.finish_reason,
  };
}

function withDelta(message: AssistantMessage, delta: ChunkDelta): AssistantMessage {
  const next: AssistantMessage = { ...message };
  if (typeof delta.content === 'string') next.content = (message.content ?? '') + delta.content;
  if (delta.refusal) next.refusal = (message.refusal ?? '') + delta.refusal;
  if (delta.reasoning !== undefined) next.reasoning = (message.reasoning ?? '') + delta.reasoning;
  if (delta.reasoning_details) {
    next.reasoning_details = delta.reasoning_details.reduce(
      withDetail,
      message.reasoning_details ?? [],
    );
  }
  if (delta.tool_calls) {
    next.tool_calls = delta.tool_calls.reduce(withCall, message.tool_calls ?? []);
  }
  if (delta.images) next.images = [...(message.images ?? []), ...delta.images];
  if (delta.audio) next.audio = withAudio(message.audio, delta.audio);
  if (delta.annotations) next.annotations = [...(message.annotations ?? []), ...delta.annotations];
  return next;
}

/** Pieces of a thought have the index of the one before. */
function withDetail(details: ReasoningDetail[], piece: ReasoningDetail): ReasoningDetail[] {
  const last = details.at(-1);
  if (last === undefined || last.index !== piece.index) return [...details, piece];
  const text = (last.text ?? '') + (piece.text ?? '');
  return [...details.slice(0, -1), { ...last, ...piece, text }];
}

function withCall(calls: ToolCall[], piece: ToolCallDelta): ToolCall[] {
  const { index, id = '', type: _type, function: given, ...rest } = piece;
  const before = calls[index];
  const whole: ToolCall = {
    id: before?.id ?? id,
    type: 'function',
    function: {
      name: before?.function.name ?? given?.name ?? '',
      arguments: (before?.function.arguments ?? '') + (given?.arguments ?? ''),
    },
    ...rest,
  };
  const merged = before === undefined ? whole : { ...before, ...whole };
  return before === undefined
    ? [...calls, merged]
    : calls.map((call) => (call === before ? merged : call));
}

function withAudio(
  before: Record<string, unknown> | undefined,
  piece: Record<string, unknown>,
): Record<string, unknown> {
  if (!isObject(before)) return piece;
  const bytes = [before['data'], piece['data']].map((data) =>
    Buffer.from(stringOf(data) ?? '', 'base64'),
  );
  return { ...before, ...piece, data: Buffer.concat(bytes).toString('base64') };
}
