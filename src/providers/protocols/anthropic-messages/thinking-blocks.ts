import type { ChatMessage, ReasoningDetail } from '../../../core/chat.js';
import { stringOf } from '../json.js';
import type { Block } from './content.js';

/** Marks reasoning details that this API signed. */
export const FORMAT = 'anthropic-claude-v1';

/**
 * The thoughts that a client sends back, as blocks, byte for byte and in their order. Unsigned ones and those of
 * another maker's models are left out: the API refuses them.
 */
export function thinkingBlocks(message: ChatMessage): Block[] {
  return (message.reasoning_details ?? []).flatMap((detail) => {
    const block = thinkingBlock(detail);
    return block ? [block] : [];
  });
}

function thinkingBlock(detail: ReasoningDetail): Block | undefined {
  const { type, text, signature, data, format } = detail;
  if (format && !stringOf(format)?.startsWith('anthropic')) return undefined;
  if (type === 'reasoning.text' && signature)
    return { type: 'thinking', thinking: text ?? '', signature };
  if (type === 'reasoning.encrypted' && data) return { type: 'redacted_thinking', data };
  return undefined;
}

/**
 * Whether the conversation ends within a turn of the assistant that called tools without thinking. The API refuses
 * to begin to think (by budget) in the middle of such a turn.
 * Source: docs.anthropic.com, extended thinking, "toggling thinking modes in conversations".
 */
export function isInThoughtlessTurn(messages: readonly ChatMessage[]): boolean {
  const lastQuestion = messages.findLastIndex(({ role }) => role === 'user');
  const turn = messages.slice(lastQuestion + 1).filter(({ role }) => role === 'assistant');
  const [first] = turn;
  const callsTools = turn.some(({ tool_calls: calls }) => (calls?.length ?? 0) > 0);
  return first !== undefined && callsTools && thinkingBlocks(first).length === 0;
}
