import type { ChatMessage, ReasoningDetail } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import type { JsonObject } from '../json.js';

/** Marks reasoning details by whose they are: nobody else can read what this provider has encrypted. */
export function formatOf({ provider }: Pick<Target, 'provider'>): string {
  return `${provider.id}-responses-v1`;
}

/**
 * The thoughts that a client sends back, as items, byte for byte and in their order. Items go without their ids: under
 * those the API would look for what it has stored, and nothing is. A thought that is neither encrypted nor told as
 * text says nothing without being stored, and is left out, like those of others.
 */
export function reasoningItems(message: ChatMessage, target: Target): JsonObject[] {
  const format = formatOf(target);
  const groups = new Map<string, ReasoningDetail[]>();
  for (const detail of message.reasoning_details ?? []) {
    if (detail.format !== format) continue;
    const key = detail.id ?? '';
    groups.set(key, [...(groups.get(key) ?? []), detail]);
  }
  return [...groups.values()].flatMap(itemOf);
}

function itemOf(details: readonly ReasoningDetail[]): JsonObject[] {
  const of = (type: ReasoningDetail['type']) => details.filter((detail) => detail.type === type);
  const encrypted = of('reasoning.encrypted')[0]?.data;
  const content = of('reasoning.text').map(({ text }) => ({ type: 'reasoning_text', text }));
  const summary = of('reasoning.summary').map(({ summary: text }) => ({
    type: 'summary_text',
    text,
  }));
  if (encrypted === undefined && content.length === 0) return [];
  return [
    {
      type: 'reasoning',
      summary,
      ...(content.length === 0 ? {} : { content }),
      ...(encrypted === undefined ? {} : { encrypted_content: encrypted }),
    },
  ];
}
