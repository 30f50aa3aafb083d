import type { ChatChunk, ChunkChoice } from '../../core/chat.js';
import type { GatewayError } from '../../core/errors.js';
import type { AnswerFacts, AnswerHeader, ClientStream } from '../call.js';
import type { Citing } from './cited.js';

/** Characters of a choice in which references are looked for. */
const MAX_TEXT = 256 * 1_024;

/** Lets a stream through to its client, and tells the sources of each choice before its end. */
export class CitedStream implements ClientStream {
  private readonly texts = new Map<number, string>();

  constructor(
    private readonly client: ClientStream,
    private readonly cite: Citing,
  ) {}

  get isOpen(): boolean {
    return this.client.isOpen;
  }

  get isFull(): boolean {
    return this.client.isFull;
  }

  onDrain(listener: () => void): void {
    this.client.onDrain(listener);
  }

  write(chunk: ChatChunk, header: AnswerHeader): void {
    for (const choice of chunk.choices) this.collect(choice);
    if (!chunk.choices.some(isEnd)) return this.client.write(chunk, header);
    for (const choice of chunk.choices)
      for (const part of isEnd(choice) ? this.ending(choice) : [choice])
        this.client.write({ ...chunk, choices: [part] }, header);
  }

  writeFields(fields: string, header: AnswerHeader): void {
    const { choices } = JSON.parse(`{${fields}}`) as ChatChunk;
    for (const choice of choices) this.collect(choice);
    this.client.writeFields(fields, header);
  }

  flush(): void {
    this.client.flush();
  }

  ping(header: AnswerHeader): void {
    this.client.ping(header);
  }

  finish(facts: AnswerFacts): void {
    this.client.finish(facts);
  }

  fail(error: GatewayError): void {
    this.client.fail(error);
  }

  private collect({ index, delta }: ChunkChoice): void {
    const text = this.texts.get(index) ?? '';
    if (delta.content && text.length < MAX_TEXT) this.texts.set(index, text + delta.content);
  }

  /** The last piece of a choice, with its sources before the end. */
  private ending(choice: ChunkChoice): readonly ChunkChoice[] {
    const { index, delta, finish_reason: reason } = choice;
    const annotations = this.texts.has(index) ? this.cite(this.texts.get(index) ?? '') : [];
    if (annotations.length === 0) return [choice];
    const sources: ChunkChoice = { index, delta: { annotations }, finish_reason: null };
    if (Object.keys(delta).length === 0) return [sources, choice];
    return [
      { ...choice, finish_reason: null },
      sources,
      { index, delta: {}, finish_reason: reason },
    ];
  }
}

function isEnd({ finish_reason }: ChunkChoice): boolean {
  return finish_reason !== null;
}
