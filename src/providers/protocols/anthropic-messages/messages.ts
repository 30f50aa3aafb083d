import type { ChatMessage, ToolCall } from '../../../core/chat.js';
import { GatewayError, invalidParameter } from '../../../core/errors.js';
import { isObject, objectOf, parseJson, stringOf, type JsonObject } from '../json.js';
import { writeMessages } from '../message-walk.js';
import { toBlocks, type Block } from './content.js';
import { thinkingBlocks } from './thinking-blocks.js';

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: Block[];
}

export interface Conversation {
  readonly system: Block[];
  readonly messages: Turn[];
}

/** What a message adds: to the system prompt, or to the turn of one side. */
interface Addition {
  readonly to: 'system' | 'user' | 'assistant';
  readonly blocks: Block[];
}

type Reader = (message: ChatMessage, path: string, callId: string) => Addition;

const READERS: Readonly<Record<ChatMessage['role'], Reader>> = {
  system: (message, path) => ({ to: 'system', blocks: systemBlocks(message, path) }),
  developer: (message, path) => ({ to: 'system', blocks: systemBlocks(message, path) }),
  user: (message, path) => ({
    to: 'user',
    blocks: cached(message, toBlocks(message.content, `${path}.content`)),
  }),
  assistant: (message, path, callId) => ({
    to: 'assistant',
    blocks: assistantBlocks(message, path, callId),
  }),
  tool: (message, path) => ({
    to: 'user',
    blocks: [toolResult(message, message.tool_call_id ?? '', path)],
  }),
  function: (message, path, callId) => ({
    to: 'user',
    blocks: [toolResult(message, callId, path)],
  }),
};

/**
 * OpenAI messages as a system prompt and alternating turns. Neighbours of the same side are joined, so that all
 * results of parallel calls stand in one turn, before any text of it.
 * @throws GatewayError invalid_parameter naming the field that cannot be carried.
 */
export function toConversation(messages: readonly ChatMessage[]): Conversation {
  const system: Block[] = [];
  const turns: Turn[] = [];
  const additions = writeMessages(messages, READERS, (read, message, callId, index) =>
    read(message, `messages[${index}]`, callId),
  );
  for (const { to, blocks } of additions) {
    if (to === 'system') system.push(...blocks);
    else append(turns, to, blocks);
  }
  if (turns.length === 0) return { system: [], messages: [{ role: 'user', content: system }] };
  trimPrefill(turns);
  return { system, messages: turns.map(resultsFirst) };
}

function append(turns: Turn[], role: Turn['role'], blocks: Block[]): void {
  if (blocks.length === 0) return;
  const last = turns.at(-1);
  if (last?.role === role) last.content.push(...blocks);
  else turns.push({ role, content: blocks });
}

function resultsFirst(turn: Turn): Turn {
  const isResult = (block: Block) => block['type'] === 'tool_result';
  const results = turn.content.filter(isResult);
  if (results.length === 0) return turn;
  return {
    role: turn.role,
    content: [...results, ...turn.content.filter((block) => !isResult(block))],
  };
}

/** The API refuses to continue an answer whose beginning ends in white space. */
function trimPrefill(turns: readonly Turn[]): void {
  const last = turns.at(-1);
  const block = last?.content.at(-1);
  if (last?.role !== 'assistant' || block?.['type'] !== 'text') return;
  last.content[last.content.length - 1] = { ...block, text: String(block['text']).trimEnd() };
}

function systemBlocks(message: ChatMessage, path: string): Block[] {
  const blocks = toBlocks(message.content, `${path}.content`);
  const position = blocks.findIndex((block) => block['type'] !== 'text');
  if (position < 0) return cached(message, blocks);
  throw invalidParameter(`${path}.content[${position}]`, 'A system message can only hold text.');
}

function assistantBlocks(message: ChatMessage, path: string, callId: string): Block[] {
  const said = toBlocks(message.content, `${path}.content`);
  const refused = said.length === 0 && message.refusal ? toBlocks(message.refusal, path) : [];
  const calls = (message.tool_calls ?? []).map((call, index) =>
    toolUse(call, `${path}.tool_calls[${index}]`),
  );
  const former = objectOf(message['function_call']);
  if (typeof former['name'] === 'string')
    calls.push(formerCall(former, callId, `${path}.function_call`));
  return cached(message, [...thinkingBlocks(message), ...said, ...refused, ...calls]);
}

function toolUse(call: ToolCall, path: string): Block {
  const called = objectOf(call.function);
  const name = stringOf(called['name']);
  if (name === undefined) {
    throw new GatewayError('invalid_parameter', { param: `${path}.function.name` });
  }
  const input = readInput(stringOf(called['arguments']), `${path}.function.arguments`);
  const cacheControl = call['cache_control'];
  return {
    type: 'tool_use',
    id: toolId(call.id),
    name,
    input,
    ...(cacheControl ? { cache_control: cacheControl } : {}),
  };
}

function formerCall(call: JsonObject, id: string, path: string): Block {
  const input = readInput(stringOf(call['arguments']), `${path}.arguments`);
  return { type: 'tool_use', id, name: call['name'], input };
}

function readInput(text: string | undefined, param: string): JsonObject {
  if (text === undefined || text.trim() === '') return {};
  const input = parseJson(text);
  if (isObject(input)) return input;
  throw invalidParameter(param, 'The arguments of a tool call must be a JSON object.');
}

function toolResult(message: ChatMessage, id: string, path: string): Block {
  const content =
    typeof message.content === 'string'
      ? message.content
      : toBlocks(message.content, `${path}.content`);
  const result: Block = { type: 'tool_result', tool_use_id: toolId(id), content };
  return message['cache_control'] ? { ...result, cache_control: message['cache_control'] } : result;
}

/** Ids of calls that other providers made may hold characters that the API refuses. */
function toolId(id: unknown): string {
  return (stringOf(id) ?? '').replace(/[^a-zA-Z0-9_-]/g, '_');
}

/** A `cache_control` of the message holds for its last block. */
function cached(message: ChatMessage, blocks: Block[]): Block[] {
  const control = message['cache_control'];
  const last = blocks.at(-1);
  if (!control || !last) return blocks;
  return [...blocks.slice(0, -1), { ...last, cache_control: control }];
}
