import type { ChatChunk, ChunkChoice, ChunkDelta, ToolCallDelta } from '../core/chat.js';
import { isObject } from '../core/json-object.js';

type Fields = Record<string, unknown>;

interface ChoiceSoFar {
  readonly index: number;
  readonly message: Fields;
  readonly toolCalls: Map<number, Fields>;
  finishReason: string | null;
}

/** Puts the chunks of a stream together again, as long as they are no more than `limit` characters. */
export class AnswerAccumulator {
  /** Whether something was left out for its length. */
  truncated = false;
  private readonly choices = new Map<number, ChoiceSoFar>();
  private characters = 0;

  constructor(private readonly limit: number) {}

  /** Takes the next chunk, of so many characters. */
  add({ choices }: Pick<ChatChunk, 'choices'>, characters: number): void {
    this.characters += characters;
    if (this.characters > this.limit) this.truncated = true;
    for (const choice of choices) this.addTo(this.choiceOf(choice.index), choice);
  }

  /** The answer as one that came in one piece; undefined where nothing came. */
  answer(): Fields | undefined {
    if (this.choices.size === 0) return undefined;
    const choices = [...this.choices.values()].map(
      ({ index, message, toolCalls, finishReason }) => ({
        index,
        message: {
          role: 'assistant',
          content: null,
          ...message,
          ...(toolCalls.size > 0 ? { tool_calls: [...toolCalls.values()] } : {}),
        },
        finish_reason: finishReason,
      }),
    );
    return { object: 'chat.completion', choices };
  }

  private addTo(choice: ChoiceSoFar, { delta, finish_reason }: ChunkChoice): void {
    choice.finishReason = finish_reason ?? choice.finishReason;
    if (this.truncated) return;
    const { tool_calls: calls, ...fields }: ChunkDelta = delta;
    join(choice.message, fields);
    for (const call of calls ?? []) joinToolCall(choice.toolCalls, call);
  }

  private choiceOf(index: number): ChoiceSoFar {
    const known = this.choices.get(index);
    if (known) return known;
    const choice = { index, message: {}, toolCalls: new Map(), finishReason: null };
    this.choices.set(index, choice);
    return choice;
  }
}

function joinToolCall(
  calls: Map<number, Fields>,
  { index, function: part, ...rest }: ToolCallDelta,
): void {
  const call = calls.get(index) ?? {};
  calls.set(index, call);
  Object.assign(call, rest);
  if (part) join(call, { function: part });
}

/** Texts, lists and objects grow; whatever else comes, the last one counts. */
function join(whole: Fields, part: Fields): void {
  for (const [name, value] of Object.entries(part)) {
    const before = whole[name];
    if (typeof value === 'string' && typeof before === 'string' && name !== 'role') {
      whole[name] = before + value;
    } else if (Array.isArray(value) && Array.isArray(before)) {
      (before as unknown[]).push(...(value as unknown[]));
    } else if (isObject(value) && isObject(before)) {
      join(before, value);
    } else if (value !== null && value !== undefined) {
      whole[name] = structuredClone(value);
    }
  }
}
