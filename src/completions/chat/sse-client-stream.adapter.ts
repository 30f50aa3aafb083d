import type { ServerResponse } from 'node:http';
import type { AnswerFacts, AnswerHeader, ClientStream } from '../../calls/index.js';
import type { ChatChunk } from '../../core/chat.js';
import type { GatewayError } from '../../core/errors.js';
import { chunkFields, chunkFrame, usageFrameJson, type UsageFrame } from './completion-json.js';

/** A stream of chat chunks as server-sent events on an HTTP response. */
export class SseClientStream implements ClientStream {
  private chunkFrame: readonly [string, string] | undefined;
  private pending = '';

  constructor(
    private readonly response: ServerResponse,
    private readonly frame: UsageFrame,
    private readonly requestId: string,
  ) {}

  get isOpen(): boolean {
    return this.response.headersSent;
  }

  get isFull(): boolean {
    return this.response.writableNeedDrain && !this.response.destroyed;
  }

  write(chunk: ChatChunk, header: AnswerHeader): void {
    this.writeFields(chunkFields(chunk), header);
  }

  writeFields(fields: string, header: AnswerHeader): void {
    this.chunkFrame ??= chunkFrame(header, this.frame);
    const [before, after] = this.chunkFrame;
    this.open(header);
    this.pending += before + fields + after;
  }

  flush(): void {
    if (this.pending === '') return;
    this.response.write(this.pending);
    this.pending = '';
  }

  onDrain(listener: () => void): void {
    const { response } = this;
    const done = (): void => {
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
    const frame = usage === undefined ? '' : `data: ${usage}\n\n`;
    this.response.end(`${this.pending}${frame}data: [DONE]\n\n`);
  }

  fail(error: GatewayError): void {
    this.response.end(`${this.pending}data: ${JSON.stringify(error.toBody())}\n\n`);
  }

  private open({ callId, provider, model, rateLimits }: AnswerHeader): void {
    if (this.response.headersSent) return;
    for (let at = 0; at + 1 < rateLimits.length; at += 2)
      this.response.setHeader(rateLimits[at] ?? '', rateLimits[at + 1] ?? '');
    this.response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'x-request-id': this.requestId,
      'x-osm-request-id': callId,
      'x-osm-provider': provider,
      'x-osm-model': model,
    });
  }
}
