import type { ServerResponse } from 'node:http';
import type { AnswerFacts, AnswerHeader, ClientStream } from '../../calls/index.js';
import type { ChatChunk } from '../../core/chat.js';
import type { GatewayError } from '../../core/errors.js';
import { chunkJson, usageFrameJson, type UsageFrame } from './completion-json.js';

const STALLED_MS = 30_000;

/** A stream of chat chunks as server-sent events on an HTTP response. */
export class SseClientStream implements ClientStream {
  constructor(
    private readonly response: ServerResponse,
    private readonly frame: UsageFrame,
    private readonly requestId: string,
    /** Called when the client reads nothing for 30 s. */
    private readonly onStalled: () => void,
  ) {}

  get isOpen(): boolean {
    return this.response.headersSent;
  }

  get isFull(): boolean {
    return this.response.writableNeedDrain && !this.response.destroyed;
  }

  write(chunk: ChatChunk, header: AnswerHeader): void {
    this.open(header);
    this.response.write(`data: ${chunkJson(chunk, header, this.frame)}\n\n`);
  }

  onDrain(listener: () => void): void {
    const { response } = this;
    const timer = setTimeout(this.onStalled, STALLED_MS);
    const done = (): void => {
      clearTimeout(timer);
      response.off('drain', done);
      response.off('close', done);
      listener();
    };
    response.on('drain', done);
    response.on('close', done);
  }

  ping(header: AnswerHeader): void {
    if (this.response.writableEnded || this.response.destroyed) return;
    this.open(header);
    this.response.write(': ping\n\n');
  }

  finish(facts: AnswerFacts): void {
    this.open(facts);
    const usage = usageFrameJson(facts, this.frame);
    this.response.end(
      usage === undefined ? 'data: [DONE]\n\n' : `data: ${usage}\n\ndata: [DONE]\n\n`,
    );
  }

  fail(error: GatewayError): void {
    this.response.end(`data: ${JSON.stringify(error.toBody())}\n\n`);
  }

  private open({ callId, provider, model }: AnswerHeader): void {
    if (this.response.headersSent) return;
    this.response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-request-id': this.requestId,
      'x-osm-request-id': callId,
      'x-osm-provider': provider,
      'x-osm-model': model,
    });
  }
}
