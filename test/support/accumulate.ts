import type {
  AssistantMessage,
  ChatChunk,
  ChatCompletion,
  Choice,
  ChunkChoice,
  ChunkDelta,
  FinishReason,
  ReasoningDetail,
  ToolCall,
  ToolCallDelta,
} from '../../src/core/chat.js';

/** A choice while its chunks come in. */
interface OpenChoice {
  readonly index: number;
  readonly message: AssistantMessage;
  readonly calls: Map<number, ToolCall>;
  text: string;
  finish: FinishReason | null;
  logprobs: unknown;
  readonly rest: Record<string, unknown>;
}

/**
 * What a client makes of a stream: the completion that its chunks add up to. Text, reasoning, refusal and arguments
 * are appended, reasoning details merged by index, tool calls by index, annotations and images collected, audio and
 * log probabilities joined. A choice without text that calls tools has null content, as in an answer in one piece.
 * @throws Error if a choice never finishes, a role comes twice, or a tool call is renamed in mid-stream.
 */
export function accumulate(chunks: readonly ChatChunk[]): ChatCompletion {
  const choices = new Map<number, OpenChoice>();
  const top: Record<string, unknown> = {};
  for (const { choices: parts, ...rest } of chunks) {
    mergeDefined(top, rest);
    for (const part of parts) addPart(choices, part);
  }
  const ordered = [...choices.values()].sort((left, right) => left.index - right.index);
  return { ...top, choices: ordered.map(close) };
}

function addPart(choices: Map<number, OpenChoice>, part: ChunkChoice): void {
  const { index, delta, finish_reason: finish, logprobs, ...rest } = part;
  const open = choices.get(index) ?? openChoice(index, delta);
  if (choices.has(index) && delta.role !== undefined)
    throw new Error(`a second role in choice ${index}`);
  choices.set(index, open);
  mergeDefined(open.rest, rest);
  if (finish !== null && open.finish !== null) throw new Error(`choice ${index} finishes twice`);
  open.finish ??= finish;
  open.logprobs = joinLogprobs(open.logprobs, logprobs);
  addDelta(open, delta);
}

function openChoice(index: number, delta: ChunkDelta): OpenChoice {
  if (delta.role !== 'assistant') throw new Error(`choice ${index} begins without a role`);
  const message: AssistantMessage = { role: 'assistant', content: null, refusal: null };
  return { index, message, calls: new Map(), text: '', finish: null, logprobs: null, rest: {} };
}

function addDelta(open: OpenChoice, delta: ChunkDelta): void {
  const { message } = open;
  open.text += delta.content ?? '';
  if (delta.refusal) message.refusal = (message.refusal ?? '') + delta.refusal;
  if (delta.reasoning !== undefined)
    message.reasoning = (message.reasoning ?? '') + delta.reasoning;
  if (delta.images) (message.images ??= []).push(...delta.images);
  if (delta.annotations) (message.annotations ??= []).push(...delta.annotations);
  if (delta.audio) message.audio = joinAudio(message.audio ?? {}, delta.audio);
  for (const detail of delta.reasoning_details ?? [])
    addDetail((message.reasoning_details ??= []), detail);
  for (const call of delta.tool_calls ?? []) addCall(open.calls, call);
}

function addDetail(details: ReasoningDetail[], delta: ReasoningDetail): void {
  const known = details.find(
    (detail) => detail.index !== undefined && detail.index === delta.index,
  );
  if (!known) {
    details.push({ ...delta });
    return;
  }
  const text = delta.text === undefined ? known.text : (known.text ?? '') + delta.text;
  const summary =
    delta.summary === undefined ? known.summary : (known.summary ?? '') + delta.summary;
  mergeDefined(known, { ...delta, text, summary });
}

function addCall(calls: Map<number, ToolCall>, delta: ToolCallDelta): void {
  const { index, id, type, function: part, ...rest } = delta;
  const known = calls.get(index);
  if (!known) {
    if (id === undefined || part?.name === undefined)
      throw new Error(`tool call ${index} begins without id and name`);
    const call = {
      id,
      type: type ?? 'function',
      function: { name: part.name, arguments: part.arguments ?? '' },
    };
    calls.set(index, Object.assign(call, rest));
    return;
  }
  if (id !== undefined || part?.name !== undefined)
    throw new Error(`tool call ${index} is named twice`);
  known.function.arguments += part?.arguments ?? '';
  mergeDefined(known, rest);
}

function joinAudio(
  known: Record<string, unknown>,
  delta: Record<string, unknown>,
): Record<string, unknown> {
  const joined = { ...known };
  for (const [field, value] of Object.entries(delta)) {
    const before = joined[field];
    const appends = field === 'data' || field === 'transcript';
    joined[field] =
      appends && typeof before === 'string' && typeof value === 'string' ? before + value : value;
  }
  return joined;
}

/** `{content: [...], refusal: [...]}`: lists are joined, anything else is replaced. */
function joinLogprobs(known: unknown, delta: unknown): unknown {
  if (delta === undefined || delta === null) return known;
  if (known === null || typeof known !== 'object' || typeof delta !== 'object') return delta;
  const joined: Record<string, unknown> = { ...known };
  for (const [field, value] of Object.entries(delta)) {
    const before = joined[field];
    joined[field] =
      Array.isArray(before) && Array.isArray(value)
        ? [...(before as unknown[]), ...(value as unknown[])]
        : (value ?? before);
  }
  return joined;
}

function mergeDefined(target: Record<string, unknown>, source: Record<string, unknown>): void {
  for (const [field, value] of Object.entries(source))
    if (value !== undefined) target[field] = value;
}

function close(open: OpenChoice): Choice {
  if (open.finish === null) throw new Error(`choice ${open.index} never finishes`);
  const calls = [...open.calls].sort(([left], [right]) => left - right).map(([, call]) => call);
  const message: AssistantMessage = {
    ...open.message,
    content: open.text === '' && calls.length > 0 ? null : open.text,
  };
  if (calls.length > 0) message.tool_calls = calls;
  return {
    ...open.rest,
    index: open.index,
    message,
    logprobs: open.logprobs,
    finish_reason: open.finish,
  };
}
