import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { nextUlid } from '../../platform/ulid.adapter.js';
import {
  CallService,
  CLIENT_GONE,
  RunningCallsService,
  type Call,
  type CallSignal,
  type RunningCall,
} from '../../calls/index.js';
import { ID_PREFIX } from '../../core/ids.js';
import type { Principal } from '../../core/principal.js';
import { Environment } from '../../platform/env.js';
import { JsonBodyReader } from '../../platform/http/json-body.adapter.js';
import { callContextOf } from './call-context.js';
import { toChatRequest } from './chat-request.js';
import { completionJson, usageFrameOf } from './completion-json.js';
import { SseClientStream } from './sse-client-stream.adapter.js';

/** A chat completion over HTTP: from the body to the last byte of the answer. */
@Injectable()
export class ChatCompletionsService {
  private readonly bodies: JsonBodyReader;

  constructor(
    private readonly calls: CallService,
    private readonly running: RunningCallsService,
    environment: Environment,
  ) {
    const { MAX_BODY_BYTES, BODY_TIMEOUT_MS } = environment;
    this.bodies = new JsonBodyReader({ maxBytes: MAX_BODY_BYTES, timeoutMs: BODY_TIMEOUT_MS });
  }

  /** Answers the request. @throws GatewayError while nothing was sent */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    principal: Principal,
  ): Promise<void> {
    const id = ID_PREFIX.call + nextUlid();
    let requestId = id;
    let running: RunningCall | undefined;
    try {
      const context = callContextOf(request.headers);
      requestId = context.clientRequestId ?? id;
      const startedAt = Date.now();
      const startedTick = performance.now();
      const chatRequest = toChatRequest(await this.bodies.read(request));
      running = this.running.begin(principal.organizationId);
      const { signal } = running;
      abortWhenGone(signal, response);
      await this.answer(
        {
          id,
          endpoint: 'chat.completions',
          principal,
          request: chatRequest,
          context,
          startedAt,
          startedTick,
          signal,
        },
        response,
        requestId,
      );
    } catch (error) {
      if (error === CLIENT_GONE) return;
      if (!response.headersSent) response.setHeader('x-request-id', requestId);
      throw error;
    } finally {
      if (running) this.running.end(running);
    }
  }

  private async answer(call: Call, response: ServerResponse, requestId: string): Promise<void> {
    if (call.request.stream === true) {
      const frame = usageFrameOf(call.request.stream_options?.include_usage);
      await this.calls.stream(call, new SseClientStream(response, frame, requestId));
      return;
    }
    const answer = await this.calls.complete(call);
    const body = completionJson(answer);
    const [total] = answer.facts.costs;
    const headers = [
      'content-type',
      'application/json; charset=utf-8',
      'content-length',
      `${body.length}`,
      'x-content-type-options',
      'nosniff',
      'x-request-id',
      requestId,
      'x-osm-request-id',
      call.id,
      'x-osm-provider',
      answer.facts.provider,
      'x-osm-model',
      answer.facts.model,
      'x-osm-response-cost',
      total?.[1] ?? '0',
    ];
    for (const part of answer.facts.rateLimits) headers.push(part);
    response.writeHead(200, headers);
    response.end(body, 'latin1');
  }
}

/** Nobody reads an answer whose connection closes before its end. */
function abortWhenGone(signal: CallSignal, response: ServerResponse): void {
  response.on('close', () => {
    if (!response.writableFinished) signal.abort(CLIENT_GONE);
  });
  if (response.destroyed) signal.abort(CLIENT_GONE);
}
