import type { ChatChunk, ChunkChoice } from '../../core/chat.js';
import type { GatewayError } from '../../core/errors.js';
import type { AnswerFacts, AnswerHeader, Call, ClientStream } from '../call.js';
import { ChoiceStream } from './choice-stream.js';
import { withReports } from './healed-answer.js';
import { healingOf, MAX_ANSWER, type Healing } from './healing.js';

/** The stream to write a call's answer to: the client's own where nothing is to be healed. */
export function healedStream({ request }: Call, client: ClientStream): ClientStream {
  const healing = healingOf(request);
  return healing ? new HealingStream(client, healing) : client;
}

/** Lets a stream through to its client, healed. */
export class HealingStream implements ClientStream {
  private readonly choices = new Map<number, ChoiceStream>();
  private readonly room = { left: MAX_ANSWER };
  private header: AnswerHeader | undefined;

  constructor(
    private readonly client: ClientStream,
    private readonly healing: Healing,
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
    this.header = header;
    const choices = chunk.choices.flatMap((choice) => this.streamOf(choice).take(choice));
    if (isSame(choices, chunk.choices)) this.client.write(chunk, header);
    else for (const choice of choices) this.client.write({ ...chunk, choices: [choice] }, header);
  }

  writeFields(fields: string, header: AnswerHeader): void {
    this.header = header;
    const chunk = JSON.parse(`{${fields}}`) as ChatChunk;
    const choices = chunk.choices.flatMap((choice) => this.streamOf(choice).take(choice));
    if (isSame(choices, chunk.choices)) this.client.writeFields(fields, header);
    else for (const choice of choices) this.client.write({ ...chunk, choices: [choice] }, header);
  }

  flush(): void {
    this.client.flush();
  }

  ping(header: AnswerHeader): void {
    this.client.ping(header);
  }

  finish(facts: AnswerFacts): void {
    const streams = [...this.choices.values()];
    for (const stream of streams) this.send(stream.end());
    const reports = streams.flatMap(({ report }) => (report ? [report] : []));
    this.client.finish(withReports(facts, reports));
  }

  fail(error: GatewayError): void {
    for (const stream of this.choices.values()) this.send(stream.release());
    this.client.fail(error);
  }

  private send(choices: readonly ChunkChoice[]): void {
    const { header } = this;
    if (!header) return;
    for (const choice of choices) this.client.write({ choices: [choice] }, header);
  }

  private streamOf({ index }: ChunkChoice): ChoiceStream {
    const known = this.choices.get(index);
    if (known) return known;
    const stream = new ChoiceStream(index, this.healing, this.room);
    this.choices.set(index, stream);
    return stream;
  }
}

function isSame(choices: readonly ChunkChoice[], given: readonly ChunkChoice[]): boolean {
  return choices.length === given.length && choices.every((choice, at) => choice === given[at]);
}
