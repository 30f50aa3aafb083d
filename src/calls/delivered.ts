import type { ChatChunk, ChatCompletion, ChatRequest, ChunkDelta } from '../core/chat.js';

/** What a token of output is taken for where a provider sends longer pieces. */
export const CHARACTERS_PER_TOKEN = 4;

/** What has come of a stream is recorded with its first content, and from then on so often, ms. */
export const PROGRESS_MS = 1_000;

/** Whether a chunk carries anything of the answer, so that from here on no other target may answer. */
export function hasContent(chunk: ChatChunk): boolean {
  return chunk.choices.some(
    (choice) => choice.finish_reason !== null || carriesContent(choice.delta),
  );
}

function carriesContent(delta: ChunkDelta): boolean {
  return Boolean(
    delta.content ||
    delta.reasoning ||
    delta.refusal ||
    delta.tool_calls?.length ||
    delta.reasoning_details?.length ||
    delta.images?.length ||
    delta.annotations?.length ||
    delta.audio,
  );
}

/** Counts what went out, to estimate the output of a call whose provider never told it. */
export class DeliveredOutput {
  private characters = 0;
  private deltas = 0;
  finishReason: string | null = null;

  add(chunk: ChatChunk): void {
    for (const { delta, finish_reason } of chunk.choices) {
      if (finish_reason !== null) this.finishReason = finish_reason;
      const before = this.characters;
      this.characters +=
        (delta.content?.length ?? 0) +
        (delta.reasoning?.length ?? 0) +
        (delta.refusal?.length ?? 0);
      for (const call of delta.tool_calls ?? []) {
        this.characters +=
          (call.function?.name?.length ?? 0) + (call.function?.arguments?.length ?? 0);
      }
      if (this.characters > before) this.deltas++;
    }
  }

  /** A chunk of text alone, of so many characters. */
  addText(characters: number): void {
    this.characters += characters;
    this.deltas++;
  }

  /** Most providers send a token a piece; where the pieces are longer, four characters are a token. */
  get tokens(): number {
    return Math.max(this.deltas, Math.round(this.characters / CHARACTERS_PER_TOKEN));
  }
}

/** More output than was asked for is not to be estimated: all that was set aside for a call is what it asked for. */
export function outputTokensAsked({
  max_completion_tokens,
  max_tokens,
  n,
}: Pick<ChatRequest, 'max_completion_tokens' | 'max_tokens' | 'n'>): number {
  return (max_completion_tokens ?? max_tokens ?? Infinity) * (n ?? 1);
}

/** The same estimate for an answer in one piece. */
export function outputTokensLikely(completion: ChatCompletion): number {
  let characters = 0;
  for (const { message } of completion.choices) {
    characters += (message.content?.length ?? 0) + (message.reasoning?.length ?? 0);
    for (const call of message.tool_calls ?? [])
      characters += call.function.name.length + call.function.arguments.length;
  }
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}
