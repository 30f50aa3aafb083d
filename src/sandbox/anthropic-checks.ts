import { arrayAt, isObject, numberAt, objectAt, stringAt, type JsonObject } from './json-read.js';
import { signThinking } from './signature.js';
import type { Refusal } from './types.js';

const MIN_BUDGET = 1024;

/** Part of the id of a tool call that followed thinking, so that its loss can be noticed. */
export const AFTER_THINKING = 'toolu_thinking_';

/** What the Messages API refuses with 400. */
export function checkAnthropic(body: JsonObject): Refusal | undefined {
  const messages = body.messages;
  for (const field of ['model', 'max_tokens', 'messages']) {
    if (body[field] === undefined) return invalid(`${field}: Field required`);
  }
  if (!Array.isArray(messages)) return invalid('messages: Input should be a valid list');
  if (messages.length === 0) return invalid('messages: at least one message is required');
  if ((numberAt(body, 'max_tokens') ?? 0) < 1) {
    return invalid('max_tokens: Input should be greater than or equal to 1');
  }
  const turns = messages as readonly unknown[];
  return (
    checkShapes(turns) ??
    checkToolPairs(turns) ??
    checkSettings(body) ??
    checkSignatures(turns) ??
    checkContinuation(body, turns)
  );
}

function checkShapes(turns: readonly unknown[]): Refusal | undefined {
  for (const turn of turns) {
    const role = stringAt(turn, 'role') ?? '';
    if (role !== 'user' && role !== 'assistant')
      return invalid(`messages: Unexpected role "${role}".`);
    const empty = blocksOf(turn, 'text').some((block) => block.text === '');
    if (empty) return invalid('messages: text content blocks must be non-empty');
  }
  return undefined;
}

/** Tool calls are answered in the very next message, and nothing else is. */
function checkToolPairs(turns: readonly unknown[]): Refusal | undefined {
  let called: string[] = [];
  for (const [index, turn] of [...turns, undefined].entries()) {
    const answered = blocksOf(turn, 'tool_result').map((block) => stringAt(block, 'tool_use_id'));
    const open = called.filter((id) => !answered.includes(id));
    if (open.length > 0) {
      const rule = '`tool_use` ids were found without `tool_result` blocks immediately after';
      return invalid(`messages.${index}: ${rule}: ${open.join(', ')}.`);
    }
    const stray = answered.find((id) => id === undefined || !called.includes(id));
    if (stray !== undefined) {
      const rule = 'unexpected `tool_use_id` found in `tool_result` blocks';
      return invalid(`messages.${index}.content.0: ${rule}: ${stray}.`);
    }
    called = blocksOf(turn, 'tool_use').map((block) => stringAt(block, 'id') ?? '');
  }
  return undefined;
}

/** Settings that do not go together with thinking. */
function checkSettings(body: JsonObject): Refusal | undefined {
  const thinking = objectAt(body, 'thinking');
  if (thinking?.type !== 'enabled' && thinking?.type !== 'adaptive') return undefined;
  const budget = numberAt(thinking, 'budget_tokens') ?? 0;
  if (thinking.type === 'enabled' && budget < MIN_BUDGET) {
    const rule = `Input should be greater than or equal to ${MIN_BUDGET}`;
    return invalid(`thinking.enabled.budget_tokens: ${rule}`);
  }
  if (budget >= (numberAt(body, 'max_tokens') ?? 0)) {
    return invalid('`max_tokens` must be greater than `thinking.budget_tokens`.');
  }
  if ((numberAt(body, 'temperature') ?? 1) !== 1) {
    return invalid('`temperature` may only be set to 1 when thinking is enabled.');
  }
  const choice = stringAt(objectAt(body, 'tool_choice'), 'type');
  if (choice !== 'any' && choice !== 'tool') return undefined;
  return invalid('Thinking may not be enabled when tool_choice forces tool use.');
}

/** Thinking that comes back must be what the sandbox wrote, to the letter. */
function checkSignatures(turns: readonly unknown[]): Refusal | undefined {
  for (const [index, turn] of turns.entries()) {
    for (const [at, block] of arrayAt(turn, 'content').entries()) {
      if (stringAt(block, 'type') !== 'thinking') continue;
      const thinking = stringAt(block, 'thinking') ?? '';
      if (stringAt(block, 'signature') === signThinking(thinking)) continue;
      return invalid(
        `messages.${index}.content.${at}: Invalid \`signature\` in \`thinking\` block`,
      );
    }
  }
  return undefined;
}

/** While a tool round is open, the thinking that led to the call must be sent along. */
function checkContinuation(body: JsonObject, turns: readonly unknown[]): Refusal | undefined {
  const mode = objectAt(body, 'thinking')?.type;
  if (mode !== 'enabled' && mode !== 'adaptive') return undefined;
  if (blocksOf(turns.at(-1), 'tool_result').length === 0) return undefined;
  const index = turns.length - 2;
  const calls = blocksOf(turns[index], 'tool_use');
  const issued = calls.some((call) => stringAt(call, 'id')?.startsWith(AFTER_THINKING) === true);
  const first = stringAt(arrayAt(turns[index], 'content')[0], 'type') ?? 'text';
  const kept = first === 'thinking' || first === 'redacted_thinking';
  if (kept || (mode === 'adaptive' && !issued)) return undefined;
  return invalid(
    `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found ` +
      `\`${first}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a ` +
      'thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks).',
  );
}

function blocksOf(turn: unknown, type: string): JsonObject[] {
  return arrayAt(turn, 'content').filter(
    (block): block is JsonObject => isObject(block) && block.type === type,
  );
}

function invalid(message: string): Refusal {
  return { status: 400, message };
}
