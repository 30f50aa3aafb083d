import type { ChatChunk } from '../core/chat.js';
import type { Usage } from '../core/usage.js';
import type { StreamOutput } from '../providers/index.js';
import type { AnswerHeader, ClientStream } from './call.js';
import { DeliveredOutput, hasContent } from './delivered.js';

export interface RelayOptions {
  readonly header: AnswerHeader;
  readonly client: ClientStream;
  /** Called when a chunk went to the client. */
  readonly onContent: () => void;
}

/**
 * Hands the outputs of one attempt to the client. What comes before the first content is held back, so that another
 * target may still answer.
 */
export class StreamRelay {
  readonly delivered = new DeliveredOutput();
  /** The newest figures of the provider. */
  usage: Usage | undefined;
  upstreamId: string | undefined;
  ended = false;
  private heldBack: ChatChunk[] = [];
  private opened = false;

  constructor(private readonly options: RelayOptions) {}

  /** Whether the client has been given content of this attempt. */
  get hasDelivered(): boolean {
    return this.opened;
  }

  /** Takes outputs in order. @throws GatewayError the error among them */
  async take(outputs: readonly StreamOutput[]): Promise<void> {
    for (const output of outputs) {
      if (output.type === 'chunk') await this.chunk(output.chunk);
      else if (output.type === 'usage') this.usage = output.usage;
      else if (output.type === 'identity') this.upstreamId ??= output.upstreamId;
      else if (output.type === 'error') throw output.error;
      else this.ended = true;
    }
  }

  private async chunk(chunk: ChatChunk): Promise<void> {
    if (!this.opened && !hasContent(chunk)) {
      this.heldBack.push(chunk);
      return;
    }
    this.opened = true;
    const { client, header, onContent } = this.options;
    for (const held of this.heldBack) await client.write(held, header);
    this.heldBack = [];
    this.delivered.add(chunk);
    const drained = client.write(chunk, header);
    onContent();
    if (drained) await drained;
  }
}
