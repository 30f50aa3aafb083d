import { Injectable } from '@nestjs/common';
import { GatewayError } from '../core/errors.js';
import { Environment } from '../platform/env.js';
import {
  SseReader,
  toUpstreamError,
  UpstreamClient,
  type Plan,
  type StreamOutput,
  type UpstreamAnswer,
  type UpstreamResponse,
} from '../providers/index.js';
import { hasContent } from './delivered.js';
import { parseUpstreamJson, readUpstreamBody, retryAfterOf } from './upstream-body.adapter.js';
import { outputsOfAnswer } from './whole-answer.js';

/** One request to one target. */
@Injectable()
export class AttemptService {
  constructor(
    private readonly upstream: UpstreamClient,
    private readonly environment: Environment,
  ) {}

  /** The answer in one piece. @throws GatewayError; the reason of the signal if it aborts */
  async answer(plan: Plan, signal: AbortSignal): Promise<UpstreamAnswer> {
    const response = await this.send(plan, signal, 0);
    const body = parseUpstreamJson(await readUpstreamBody(response, signal));
    return plan.protocol.fromUpstreamResponse(body, plan.target);
  }

  /**
   * The answer as it comes, in lists of what each piece of it meant. Ends after `end`.
   * @throws GatewayError; the reason of the signal if it aborts
   */
  async *stream(
    plan: Plan,
    callSignal: AbortSignal,
  ): AsyncGenerator<readonly StreamOutput[], void, undefined> {
    const watchdog = new Watchdog(this.environment);
    const signal = AbortSignal.any([callSignal, watchdog.signal]);
    try {
      const response = await this.send(plan, signal, this.environment.UPSTREAM_HEADERS_TIMEOUT_MS);
      if (isJson(response)) {
        const body = parseUpstreamJson(await readUpstreamBody(response, signal));
        yield outputsOfAnswer(plan.protocol.fromUpstreamResponse(body, plan.target));
      } else yield* this.decode(plan, response, signal, watchdog);
    } finally {
      watchdog.stop();
    }
  }

  private async *decode(
    plan: Plan,
    response: UpstreamResponse,
    signal: AbortSignal,
    watchdog: Watchdog,
  ): AsyncGenerator<readonly StreamOutput[], void, undefined> {
    const decoder = plan.protocol.stream;
    const reader = new SseReader();
    let state = decoder.start(plan.target);
    const decode = (events: ReturnType<SseReader['push']>): StreamOutput[] => {
      const all: StreamOutput[] = [];
      for (const event of events) {
        const [next, outputs] = decoder.step(state, event);
        state = next;
        all.push(...outputs);
      }
      return all;
    };
    try {
      for await (const bytes of response.body as AsyncIterable<Buffer>) {
        const outputs = decode(reader.push(bytes));
        watchdog.saw(outputs);
        if (outputs.length > 0) yield outputs;
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw toUpstreamError(error);
    }
    yield [...decode(reader.end()), ...decoder.end(state)];
  }

  private async send(
    plan: Plan,
    signal: AbortSignal,
    headersTimeoutMs: number,
  ): Promise<UpstreamResponse> {
    if (signal.aborted) throw signal.reason;
    const request = plan.protocol.toUpstreamRequest(plan.request, plan.target);
    const response = await this.upstream.post(plan.target, request, {
      signal,
      headersTimeoutMs,
      bodyTimeoutMs: 0,
    });
    if (response.statusCode >= 200 && response.statusCode < 300) return response;
    throw await readFailure(plan, response, signal);
  }
}

async function readFailure(
  plan: Plan,
  response: UpstreamResponse,
  signal: AbortSignal,
): Promise<GatewayError> {
  const text = await readUpstreamBody(response, signal);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  const failure = {
    status: response.statusCode,
    body,
    retryAfterSeconds: retryAfterOf(response, Date.now()),
  };
  return plan.protocol.fromUpstreamError(failure, plan.target);
}

function isJson(response: UpstreamResponse): boolean {
  const type = String(response.headers['content-type'] ?? '');
  if (type.startsWith('text/html'))
    throw new GatewayError('upstream_error', { detail: 'the provider answered with HTML' });
  return type.startsWith('application/json');
}

/** Ends an attempt whose first content, or whose next piece, does not come. */
class Watchdog {
  private readonly controller = new AbortController();
  private readonly idleMs: number;
  private timer: NodeJS.Timeout;
  private answering = false;

  constructor(environment: Environment) {
    this.idleMs = environment.UPSTREAM_IDLE_TIMEOUT_MS;
    this.timer = this.start(environment.UPSTREAM_FIRST_TOKEN_TIMEOUT_MS);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Before the first content nothing else puts the end off; after it every piece does. */
  saw(outputs: readonly StreamOutput[]): void {
    if (this.answering) this.timer.refresh();
    else if (outputs.some((output) => output.type === 'chunk' && hasContent(output.chunk))) {
      this.answering = true;
      clearTimeout(this.timer);
      this.timer = this.start(this.idleMs);
    }
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private start(milliseconds: number): NodeJS.Timeout {
    return setTimeout(
      () => this.controller.abort(new GatewayError('upstream_timeout')),
      milliseconds,
    );
  }
}
