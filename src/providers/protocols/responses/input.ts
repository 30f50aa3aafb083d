import type { ChatMessage, ContentPart, FilePart, ImagePart } from '../../../core/chat.js';
import { ownEntry } from '../../../core/own-entry.js';
import type { Target } from '../../../core/target.js';
import { objectOf, stringOf, type JsonObject } from '../json.js';
import { writeMessages } from '../message-walk.js';
import { refuseUnsupportedParts } from '../unsupported-parts.js';
import { reasoningItems } from './reasoning-items.js';

type Write = (message: ChatMessage, callId: string, target: Target) => JsonObject[];

const WRITERS: Readonly<Record<ChatMessage['role'], Write>> = {
  system: spoken,
  developer: spoken,
  user: spoken,
  assistant: (message, callId, target) => [
    ...reasoningItems(message, target),
    ...answered(message),
    ...calls(message, callId),
  ],
  tool: (message) => [result(message, message.tool_call_id ?? '')],
  function: (message, callId) => [result(message, callId)],
};

const PARTS: Readonly<Record<string, (part: ContentPart) => JsonObject>> = {
  text: ({ text }) => ({ type: 'input_text', text }),
  refusal: ({ refusal }) => ({ type: 'input_text', text: refusal }),
  image_url: (part) => imagePart(part as ImagePart),
  file: (part) => filePart(part as FilePart),
};

/**
 * A conversation as the items of an input. A turn of the assistant becomes its thoughts, what it said, its calls.
 * @throws GatewayError invalid_parameter naming the role or part that cannot be carried
 */
export function toInput(messages: readonly ChatMessage[], target: Target): JsonObject[] {
  const items = writeMessages(messages, WRITERS, (write, message, callId, index) => {
    refuseUnsupportedParts(message, index, isSupportedPart);
    return write(message, callId, target);
  });
  return items.flat();
}

/** Whether a part can be sent at all. */
export function isSupportedPart({ type }: ContentPart): boolean {
  return ownEntry(PARTS, type) !== undefined;
}

function spoken({ role, content }: ChatMessage, _callId: string, { provider }: Target) {
  return [{ role: provider.quirks?.roles?.[role] ?? role, content: inputContent(content) }];
}

function inputContent(content: ChatMessage['content']): string | JsonObject[] {
  if (!Array.isArray(content)) return content ?? '';
  return content.flatMap((part): JsonObject[] => {
    const write = ownEntry(PARTS, part.type);
    return write ? [write(part)] : [];
  });
}

function imagePart({ image_url: image }: ImagePart): JsonObject {
  return { type: 'input_image', image_url: image.url, detail: image.detail ?? 'auto' };
}

function filePart({ file }: FilePart): JsonObject {
  const { file_data: data, file_id: id, filename } = file;
  if (id !== undefined) return { type: 'input_file', file_id: id };
  return data?.startsWith('http')
    ? { type: 'input_file', file_url: data }
    : { type: 'input_file', filename: filename ?? 'file', file_data: data };
}

/** What the assistant said; nothing where it only called tools. */
function answered({ content, refusal }: ChatMessage): JsonObject[] {
  if (!Array.isArray(content)) {
    const words = content || refusal;
    return words ? [{ role: 'assistant', content: words }] : [];
  }
  const parts = content.flatMap((part): JsonObject[] => {
    if (part.type === 'text') return [{ type: 'output_text', text: part.text }];
    return part.type === 'refusal' ? [{ type: 'refusal', refusal: part.refusal }] : [];
  });
  return parts.length === 0 ? [] : [{ role: 'assistant', content: parts }];
}

function calls(message: ChatMessage, callId: string): JsonObject[] {
  const former = objectOf(message['function_call']);
  const made = (message.tool_calls ?? []).map(({ id, function: called }) => callItem(id, called));
  return typeof former['name'] === 'string' ? [...made, callItem(callId, former)] : made;
}

function callItem(id: string, called: JsonObject): JsonObject {
  const given = stringOf(called['arguments'])?.trim() || '{}';
  return { type: 'function_call', call_id: id, name: called['name'], arguments: given };
}

function result({ content }: ChatMessage, callId: string): JsonObject {
  return { type: 'function_call_output', call_id: callId, output: inputContent(content) };
}
