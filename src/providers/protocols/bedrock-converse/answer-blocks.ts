import { isObject, listOf, objectOf, stringOf, type JsonObject } from '../json.js';
import { fromBlob } from './blob.js';
import { ANSWER_TOOL } from './output-format.js';

/**
 * A block of an answer as the Messages API has it: Converse wraps the same kinds in other names. Kinds that it has
 * none for (images and videos of other makers) become blocks that say nothing.
 */
export function messagesBlock(native: JsonObject): JsonObject {
  if (typeof native['text'] === 'string') return { type: 'text', text: native['text'] };
  if (isObject(native['toolUse'])) return toolBlock(native['toolUse']);
  if (isObject(native['reasoningContent'])) return thoughtBlock(native['reasoningContent']);
  if (isObject(native['citationsContent'])) return citedBlock(native['citationsContent']);
  return { type: 'unknown' };
}

/** Whether Bedrock runs a tool itself (Nova's searches and code): the client has nothing to do with its calls. */
export function isOwnTool(type: unknown): boolean {
  return type === 'server_tool_use';
}

/** The answer that a format forced into a call is text for the client. */
function toolBlock({ toolUseId: id, name, input, type }: JsonObject): JsonObject {
  if (isOwnTool(type)) return { type: 'unknown' };
  return name === ANSWER_TOOL
    ? { type: 'text', text: JSON.stringify(input ?? {}) }
    : { type: 'tool_use', id, name, input };
}

function thoughtBlock(native: JsonObject): JsonObject {
  const redacted = stringOf(native['redactedContent']);
  if (redacted !== undefined) return { type: 'redacted_thinking', data: fromBlob(redacted) };
  const { text, signature } = objectOf(native['reasoningText']);
  return { type: 'thinking', thinking: text, signature };
}

function citedBlock(native: JsonObject): JsonObject {
  return {
    type: 'text',
    text: textIn(native['content']),
    citations: listOf(native['citations']).filter(isObject).map(messagesCitation),
  };
}

/** A citation with the address that it leads to, where it leads to one. */
export function messagesCitation(native: JsonObject): JsonObject {
  const url = stringOf(objectOf(objectOf(native['location'])['web'])['url']);
  const cited = textIn(native['sourceContent']);
  return {
    ...(url === undefined ? {} : { url }),
    source: native['source'],
    title: native['title'],
    ...(cited === '' ? {} : { cited_text: cited }),
  };
}

function textIn(content: unknown): string {
  const texts = listOf(content).map((part) => stringOf(objectOf(part)['text']) ?? '');
  return texts.join('');
}
