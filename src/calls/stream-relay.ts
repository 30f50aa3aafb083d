import type { ChatChunk } from '../core/chat.js';
import type { Usage } from '../core/usage.js';
import type { StreamOutput } from '../providers/index.js';
import type { AnswerHeader, ClientStream } from './call.js';
import { NOBODY } from './nobody.js';
import { DeliveredOutput, hasContent } from './delivered.js';
import { HeldBack } from './held-back.js';

/**
 * Hands the outputs of one attempt to the client. What comes before the first content is held back, so that another
 * target may still answer.
 */
export class StreamRelay {
  readonly delivered = new DeliveredOutput();
  /** The newest figures of the provider. */
  usage: Usage | undefined;
  upstreamId: string | undefined;
  /** The provider said that its answer is complete. */
  ended = false;
  private readonly heldBack = new HeldBack();
  private opened = false;

  constructor(
    private client: ClientStream,
    private readonly header: AnswerHeader,
  ) {}

  /** Whether the client has been given content of this attempt. */
  get hasDelivered(): boolean {
    return this.opened;
  }

  /** From now on what comes is counted and goes nowhere. */
  readOn(): void {
    this.client = NOBODY;
  }

  /**
   * Takes outputs in order; true if content went to the client.
   * @throws GatewayError the error among them; upstream_error where too much comes before the first content
   */
  take(outputs: readonly StreamOutput[]): boolean {
    let delivered = false;
    for (const output of outputs) {
      if (output.type === 'text') {
        this.text(output.fields, output.characters);
        delivered = true;
      } else if (output.type === 'chunk') delivered = this.chunk(output.chunk) || delivered;
      else if (output.type === 'usage') this.usage = output.usage;
      else if (output.type === 'identity') this.upstreamId ??= output.upstreamId;
      else if (output.type === 'error') throw output.error;
      else this.ended = true;
    }
    return delivered;
  }

  private text(fields: string, characters: number): void {
    this.begin();
    this.delivered.addText(characters);
    this.client.writeFields(fields, this.header);
  }

  private chunk(chunk: ChatChunk): boolean {
    if (!this.opened && !hasContent(chunk)) {
      this.heldBack.add(chunk);
      return false;
    }
    this.begin();
    this.delivered.add(chunk);
    this.client.write(chunk, this.header);
    return true;
  }

  /** The first content lets out what was held back. */
  private begin(): void {
    if (this.opened) return;
    this.opened = true;
    for (const held of this.heldBack.release()) this.client.write(held, this.header);
  }
}
