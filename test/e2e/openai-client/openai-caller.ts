import type OpenAI from 'openai';
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';

export const model = 'sandbox-small';

/** Messages of one user. */
export function user(content: string): ChatCompletionMessageParam[] {
  return [{ role: 'user', content }];
}

/** Asks by the openai package. */
export class OpenAiCaller {
  constructor(readonly client: OpenAI) {}

  create(
    content: string,
    fields: Partial<ChatCompletionCreateParamsNonStreaming> = {},
  ): Promise<ChatCompletion> {
    return this.client.chat.completions.create({ model, messages: user(content), ...fields });
  }

  /** All chunks of a stream. */
  async chunksOf(content: string, fields: object = {}): Promise<ChatCompletionChunk[]> {
    const chunks: ChatCompletionChunk[] = [];
    const request = { model, messages: user(content), ...fields, stream: true } as const;
    for await (const chunk of await this.client.chat.completions.create(request))
      chunks.push(chunk);
    return chunks;
  }
}
