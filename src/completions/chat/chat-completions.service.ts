import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { nextUlid } from '../../platform/ulid.adapter.js';
import { CallService, CLIENT_GONE, RunningCallsService, type Call } from '../../calls/index.js';
import { ID_PREFIX } from '../../core/ids.js';
import type { Principal } from '../../core/principal.js';
import { Environment } from '../../platform/env.js';
import { readJsonBody } from '../../platform/http/json-body.adapter.js';
import { callContextOf } from './call-context.js';
import { toChatRequest } from './chat-request.js';
import { completionJson, usageFrameOf } from './completion-json.js';
import { SseClientStream } from './sse-client-stream.adapter.js';

/** A chat completion over HTTP: from the body to the last byte of the answer. */
@Injectable()
export class ChatCompletionsService {
  constructor(
    private readonly calls: CallService,
    private readonly running: RunningCallsService,
    private readonly environment: Environment,
  ) {}

  /** Answers the request. @throws GatewayError while nothing was sent */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    principal: Principal,
  ): Promise<void> {
    const context = callContextOf(request.headers);
    const id = ID_PREFIX.call + nextUlid();
    const requestId = context.clientRequestId ?? id;
    response.setHeader('x-request-id', requestId);
    const { MAX_BODY_BYTES: maxBytes, BODY_TIMEOUT_MS: timeoutMs } = this.environment;
    const startedAt = Date.now();
    const startedTick = performance.now();
    const chatRequest = toChatRequest(await readJsonBody(request, { maxBytes, timeoutMs }));
    await this.running.run(async (signal) => {
      const leave = (): void => signal.abort(CLIENT_GONE);
      response.once('close', () => {
        if (!response.writableFinished) leave();
      });
      if (response.destroyed) leave();
      const call: Call = {
        id,
        endpoint: 'chat.completions',
        principal,
        request: chatRequest,
        context,
        startedAt,
        startedTick,
        signal,
      };
      await this.answer(call, response, requestId).catch((error: unknown) => {
        if (error !== CLIENT_GONE) throw error;
      });
    });
  }

  private async answer(call: Call, response: ServerResponse, requestId: string): Promise<void> {
    if (call.request.stream === true) {
      const frame = usageFrameOf(call.request.stream_options?.include_usage);
      await this.calls.stream(call, new SseClientStream(response, frame, requestId));
      return;
    }
    const answer = await this.calls.complete(call);
    const body = completionJson(answer);
    const total = answer.facts.costs.find(([field]) => field === 'cost_usd_total');
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'x-osm-request-id': call.id,
      'x-osm-provider': answer.facts.provider,
      'x-osm-model': answer.facts.model,
      'x-osm-response-cost': total?.[1] ?? '0',
    });
    response.end(body);
  }
}
