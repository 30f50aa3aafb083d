import type { ChatChunk } from '../core/chat.js';
import type { ErrorBody, GatewayError } from '../core/errors.js';
import { AnswerAccumulator } from './answer-accumulator.js';
import type { AnswerFacts, AnswerHeader, ClientStream } from './call.js';

/** Lets a stream through to its client, and keeps what went. */
export class RecordedStream implements ClientStream {
  readonly kept: AnswerAccumulator;
  /** What the client was told in place of the rest. */
  error: ErrorBody['error'] | null = null;

  /** @param limit characters that are kept at most */
  constructor(
    private readonly client: ClientStream,
    limit: number,
  ) {
    this.kept = new AnswerAccumulator(limit);
  }

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
    this.kept.add(chunk, JSON.stringify(chunk).length);
    this.client.write(chunk, header);
  }

  writeFields(fields: string, header: AnswerHeader): void {
    this.kept.add(JSON.parse(`{${fields}}`) as ChatChunk, fields.length);
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
    this.error = error.toBody().error;
    this.client.fail(error);
  }
}
