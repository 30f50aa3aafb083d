import { AFTER_THINKING } from './anthropic-checks.js';
import { signThinking } from './signature.js';
import type { Answer, Choice, Finish, Frame, ToolCall, Usage } from './types.js';

const EMPTY: Choice = { reasoning: [], text: [], toolCalls: [], finish: 'stop' };

const STOP_REASONS: Readonly<Record<Finish, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  refusal: 'refusal',
};

/** A whole `message` as JSON text. */
export function anthropicWhole(answer: Answer): string {
  const choice = answer.reply.choices[0] ?? EMPTY;
  return JSON.stringify({
    ...head(answer),
    content: blocks(answer, choice),
    ...ending(choice),
    ...(quiet(answer) ? {} : { usage: { ...input(answer), ...output(answer.reply.usage) } }),
  });
}

function blocks(answer: Answer, choice: Choice): unknown[] {
  const { reasoning, text, toolCalls } = choice;
  const thinking = reasoning.join('');
  return [
    ...(thinking === '' ? [] : [{ type: 'thinking', thinking, signature: signThinking(thinking) }]),
    ...(text.length === 0 ? [] : [{ type: 'text', text: text.join('') }]),
    ...toolCalls.map((call, index) => ({
      type: 'tool_use',
      id: toolId(answer, choice, index),
      name: call.name,
      // Arguments cut off by the token limit are no JSON; only a stream can show them.
      input: call.complete ? (JSON.parse(call.pieces.join('')) as unknown) : {},
    })),
  ];
}

/** The named events of a streamed message. */
export function* anthropicFrames(answer: Answer): Generator<Frame> {
  const choice = answer.reply.choices[0] ?? EMPTY;
  yield event('message_start', {
    message: {
      ...head(answer),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      ...(quiet(answer) ? {} : { usage: { ...input(answer), output_tokens: 1 } }),
    },
  });
  yield event('ping', {});
  let index = 0;
  if (choice.reasoning.length > 0) yield* thinkingFrames(choice, index++);
  if (choice.text.length > 0) yield* textFrames(choice, index++);
  for (const [at, call] of choice.toolCalls.entries()) {
    yield* toolFrames(call, toolId(answer, choice, at), index++);
  }
  yield event('message_delta', {
    delta: ending(choice),
    ...(quiet(answer) ? {} : { usage: { ...counts(answer), ...output(answer.reply.usage) } }),
  });
  yield event('message_stop', {});
}

function* thinkingFrames(choice: Choice, index: number): Generator<Frame> {
  const content_block = { type: 'thinking', thinking: '', signature: '' };
  yield event('content_block_start', { index, content_block });
  yield* deltas(index, 'thinking_delta', 'thinking', choice.reasoning, true);
  const signature = signThinking(choice.reasoning.join(''));
  yield event('content_block_delta', { index, delta: { type: 'signature_delta', signature } });
  yield event('content_block_stop', { index });
}

function* textFrames(choice: Choice, index: number): Generator<Frame> {
  yield event('content_block_start', { index, content_block: { type: 'text', text: '' } });
  yield* deltas(index, 'text_delta', 'text', choice.text, false);
  yield event('content_block_stop', { index });
}

function* toolFrames(call: ToolCall, id: string, index: number): Generator<Frame> {
  const content_block = { type: 'tool_use', id, name: call.name, input: {} };
  // The name of the tool is a token like every piece of its arguments.
  yield { ...event('content_block_start', { index, content_block }), tokens: 1 };
  yield event('content_block_delta', {
    index,
    delta: { type: 'input_json_delta', partial_json: '' },
  });
  yield* deltas(index, 'input_json_delta', 'partial_json', call.pieces, false);
  yield event('content_block_stop', { index });
}

function* deltas(
  index: number,
  type: string,
  field: string,
  tokens: readonly string[],
  reasoning: boolean,
): Generator<Frame> {
  const start =
    'event: content_block_delta\ndata: {"type":"content_block_delta",' +
    `"index":${index},"delta":{"type":"${type}","${field}":`;
  for (const token of tokens) {
    yield { data: `${start}${JSON.stringify(token)}}}\n\n`, tokens: 1, reasoning };
  }
}

function event(type: string, content: object): Frame {
  const data = `event: ${type}\ndata: ${JSON.stringify({ type, ...content })}\n\n`;
  return { data, tokens: 0, reasoning: false };
}

function head(answer: Answer): object {
  const { id, request } = answer;
  return { id, type: 'message', role: 'assistant', model: request.model };
}

function ending(choice: Choice): object {
  const stopped = choice.finish === 'stop' && choice.stopSequence !== undefined;
  return {
    stop_reason: stopped ? 'stop_sequence' : STOP_REASONS[choice.finish],
    stop_sequence: stopped ? choice.stopSequence : null,
  };
}

function toolId(answer: Answer, choice: Choice, index: number): string {
  const prefix = choice.reasoning.length > 0 ? AFTER_THINKING : 'toolu_';
  return `${prefix}${answer.id.replace('msg_', '')}_${index}`;
}

function quiet(answer: Answer): boolean {
  return answer.request.directives.noUsage === true;
}

/** Anthropic counts the tokens read from the cache apart from the other input. */
function counts(answer: Answer): object {
  const { promptTokens, cachedTokens } = answer.reply.usage;
  return {
    input_tokens: promptTokens - cachedTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedTokens,
  };
}

function input(answer: Answer): object {
  const written = { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 };
  return { ...counts(answer), cache_creation: written, service_tier: 'standard' };
}

function output(usage: Usage): object {
  const details = { thinking_tokens: usage.reasoningTokens };
  return { output_tokens: usage.completionTokens, output_tokens_details: details };
}
