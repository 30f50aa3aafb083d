import type { ChatMessage } from '../../core/chat.js';
import { MAX_QUERY } from '../../providers/index.js';

/** Brave takes no more. */
const MAX_WORDS = 50;
/** A longer text is not looked at beyond this. */
const MAX_LOOKED_AT = 4_000;

/**
 * What to search for: the text of the last user turn in one line, its first words as far as search providers take them.
 * Empty where the user wrote nothing.
 */
export function queryOf(messages: readonly ChatMessage[]): string {
  const last = messages.findLast(({ role }) => role === 'user');
  const words = textOf(last?.content)
    .slice(0, MAX_LOOKED_AT)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .split(' ')
    .slice(0, MAX_WORDS);
  const whole = words.join(' ');
  if (whole.length <= MAX_QUERY) return whole;
  const cut = whole.slice(0, MAX_QUERY + 1);
  const end = cut.lastIndexOf(' ');
  return (end > 0 ? cut.slice(0, end) : cut.slice(0, MAX_QUERY)).toWellFormed();
}

function textOf(content: ChatMessage['content']): string {
  if (typeof content === 'string') return content;
  const parts = content ?? [];
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join(' ');
}
