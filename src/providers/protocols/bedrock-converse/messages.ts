import type { ChatMessage, ContentPart } from '../../../core/chat.js';
import { ownEntry } from '../../../core/own-entry.js';
import type { Target } from '../../../core/target.js';
import { toConversation } from '../anthropic-messages/messages.js';
import { isObject, objectOf, stringOf, type JsonObject } from '../json.js';
import { unsupportedPart } from '../unsupported-parts.js';
import { toBlob } from './blob.js';
import { DocumentNames, mediaBlock } from './media.js';
import { familyOf } from './model-family.js';

/** The longest id of a call that the API takes, in characters. */
const LONGEST_ID = 64;

const TEXTS: ReadonlySet<string> = new Set(['text', 'refusal']);
/** Wraps a block that is in its final form. */
const FINAL = 'final';

export interface Conversation {
  readonly system: readonly JsonObject[];
  readonly messages: readonly JsonObject[];
}

/**
 * OpenAI messages as a system prompt and alternating turns, joined and ordered as for the Messages API.
 * @throws GatewayError invalid_parameter naming the field that cannot be carried
 */
export function toNativeConversation(
  messages: readonly ChatMessage[],
  target: Target,
): Conversation {
  const names = new DocumentNames();
  const { system, messages: turns } = toConversation(
    messages.map((message, index) => withFinalMedia(message, names, `messages[${index}].content`)),
  );
  const convert = (blocks: readonly JsonObject[]) => toNativeBlocks(blocks, target);
  return {
    system: convert(system),
    messages: turns.map(({ role, content }) => ({ role, content: convert(content) })),
  };
}

/** Whether a part can be sent at all. */
export function isSupportedPart(part: ContentPart): boolean {
  return TEXTS.has(part.type) || mediaBlock(part, new DocumentNames()) !== undefined;
}

function withFinalMedia(message: ChatMessage, names: DocumentNames, path: string): ChatMessage {
  if (!Array.isArray(message.content)) return message;
  const content = message.content.map((part, index) => {
    if (TEXTS.has(part.type)) return part;
    const block = mediaBlock(part, names);
    if (block) return { type: FINAL, block, cache_control: part['cache_control'] };
    throw unsupportedPart(`${path}[${index}]`);
  });
  // Parts of kinds that are not OpenAI's pass through the conversation as they are.
  return { ...message, content: content as ContentPart[] };
}

const BLOCKS: Readonly<Record<string, (block: JsonObject) => JsonObject>> = {
  text: ({ text }) => ({ text }),
  [FINAL]: ({ block }) => objectOf(block),
  tool_use: ({ id, name, input }) => ({ toolUse: { toolUseId: shortId(id), name, input } }),
  tool_result: ({ tool_use_id: id, content }) => ({
    toolResult: { toolUseId: shortId(id), content: resultContent(content) },
  }),
  thinking: ({ thinking: text, signature }) => ({
    reasoningContent: { reasoningText: { text, signature } },
  }),
  redacted_thinking: ({ data }) => ({
    reasoningContent: { redactedContent: toBlob(stringOf(data) ?? '') },
  }),
};

/** Thoughts go back to Claude only, which signed them. */
const THOUGHTS: ReadonlySet<unknown> = new Set(['thinking', 'redacted_thinking']);

function toNativeBlocks(blocks: readonly JsonObject[], target: Target): JsonObject[] {
  const isClaude = familyOf(target) === 'claude';
  const caches = target.offer.capabilities.promptCaching !== false;
  return blocks.flatMap((block) => {
    if (!isClaude && THOUGHTS.has(block['type'])) return [];
    const native = ownEntry(BLOCKS, block['type'])?.(block);
    return native ? [native, ...(caches ? cachePoint(block) : [])] : [];
  });
}

/** A mark for the cache stands behind what it holds for, where Anthropic's and OpenAI's stand in it. */
export function cachePoint({ cache_control: control }: JsonObject): JsonObject[] {
  if (!isObject(control)) return [];
  const ttl = stringOf(control['ttl']);
  return [{ cachePoint: { type: 'default', ...(ttl === undefined ? {} : { ttl }) } }];
}

/** The API takes no empty text. */
function resultContent(content: unknown): JsonObject[] {
  if (!Array.isArray(content)) return [{ text: stringOf(content)?.trim() ? content : '(empty)' }];
  const blocks = content
    .filter(isObject)
    .flatMap((block): JsonObject[] => [ownEntry(BLOCKS, block['type'])?.(block) ?? []].flat());
  return blocks.length > 0 ? blocks : [{ text: '(empty)' }];
}

/** The end of an id tells calls apart where the beginning may be the same. */
function shortId(id: unknown): string {
  return (stringOf(id) ?? '').slice(-LONGEST_ID);
}
