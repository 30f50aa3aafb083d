import type { ChatMessage, ContentPart, ToolCall } from '../../../core/chat.js';
import { objectOf, stringOf, type JsonObject } from '../json.js';
import { writeMessages } from '../message-walk.js';
import { refuseUnsupportedParts } from '../unsupported-parts.js';
import { planOf, thoughtsOf } from './thoughts.js';

/** Parts that no model here takes. */
const UNSUPPORTED_PARTS: ReadonlySet<string> = new Set([
  'input_audio',
  'file',
  'video_url',
  'input_video',
]);

type Writer = (message: ChatMessage, callId: string) => JsonObject;

const WRITERS: Readonly<Record<ChatMessage['role'], Writer>> = {
  system: (message) => ({ role: 'system', content: contentOf(message) }),
  developer: (message) => ({ role: 'system', content: contentOf(message) }),
  user: (message) => ({ role: 'user', content: contentOf(message) }),
  assistant: assistantMessage,
  tool: (message) => toolMessage(message, message.tool_call_id ?? ''),
  function: toolMessage,
};

/**
 * OpenAI messages as Cohere takes them. Parts that are Cohere's own (`document`) pass.
 * @throws GatewayError invalid_parameter naming the role or part that cannot be carried
 */
export function toNativeMessages(messages: readonly ChatMessage[]): JsonObject[] {
  return writeMessages(messages, WRITERS, (write, message, callId, index) => {
    refuseUnsupportedParts(message, index, isSupportedPart);
    return write(message, callId);
  });
}

/** Whether a part can be sent at all. */
export function isSupportedPart({ type }: ContentPart): boolean {
  return !UNSUPPORTED_PARTS.has(type);
}

function contentOf({ content }: ChatMessage): string | JsonObject[] {
  return Array.isArray(content) ? content.map(nativePart) : (content ?? '');
}

/** Marks for a cache are not known here: what can be cached is. */
function nativePart(part: ContentPart): JsonObject {
  if (part.type === 'refusal') return { type: 'text', text: part.refusal };
  const { cache_control: _mark, ...rest } = part as JsonObject;
  return rest;
}

function assistantMessage(message: ChatMessage, callId: string): JsonObject {
  const calls = callsOf(message, callId);
  const plan = planOf(message);
  const content = assistantContent(message);
  return {
    role: 'assistant',
    ...(content === '' && calls.length > 0 ? {} : { content }),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(calls.length > 0 && plan !== '' ? { tool_plan: plan } : {}),
  };
}

function assistantContent(message: ChatMessage): string | JsonObject[] {
  const said = contentOf(message);
  const words = said.length === 0 ? (message.refusal ?? '') : said;
  const thoughts = thoughtsOf(message);
  if (thoughts.length === 0) return words;
  const texts = typeof words === 'string' ? [{ type: 'text', text: words }] : words;
  return [...thoughts, ...texts.filter(({ type, text }) => type !== 'text' || text !== '')];
}

function callsOf(message: ChatMessage, callId: string): JsonObject[] {
  const calls = (message.tool_calls ?? []).map(nativeCall);
  const former = objectOf(message['function_call']);
  if (typeof former['name'] !== 'string') return calls;
  return [...calls, { id: callId, type: 'function', function: withArguments(former) }];
}

function nativeCall({ extra_content: _signature, ...call }: ToolCall): JsonObject {
  return { ...call, type: 'function', function: withArguments(objectOf(call.function)) };
}

function withArguments(called: JsonObject): JsonObject {
  return { ...called, arguments: stringOf(called['arguments'])?.trim() || '{}' };
}

function toolMessage(message: ChatMessage, callId: string): JsonObject {
  return { role: 'tool', tool_call_id: callId, content: contentOf(message) };
}
