import { Injectable } from '@nestjs/common';
import { Environment } from '../platform/env.js';
import {
  TargetHealthService,
  UpstreamClient,
  type Plan,
  type UpstreamAnswer,
  type UpstreamExchange,
  type UpstreamHead,
  type UpstreamReceiver,
} from '../providers/index.js';
import type { CallSignal } from './call-signal.js';
import { ClientDrainsService } from './client-drains.service.js';
import { PlanChoiceService } from './plan-choice.service.js';
import { RunningExchange } from './running-exchange.js';
import { StreamReceiver, type StreamSink } from './stream-receiver.service.js';
import { BilledFailure, takeApart } from './billed-failure.js';
import { CollectedBody, failureOf, isSuccess } from './upstream-body.js';

/** One request to one target. */
@Injectable()
export class AttemptService {
  constructor(
    private readonly upstream: UpstreamClient,
    private readonly environment: Environment,
    private readonly health: TargetHealthService,
    readonly choice: PlanChoiceService,
    private readonly drains: ClientDrainsService,
  ) {}

  /**
   * The answer in one piece; where the provider's answers are read to their end, also if the client has left. `onSent`
   * is called when the request goes out, which it may never do.
   * @throws GatewayError, within a BilledFailure where a usage came with it; the reason of the signal if it aborts
   */
  answer(plan: Plan, signal: CallSignal, onSent: () => void): Promise<UpstreamAnswer> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const { target } = plan;
      const request = plan.protocol.toUpstreamRequest(plan.request, target);
      this.health.begin(target);
      const receiver = new AnswerReceiver(plan, this.health, onSent, resolve, reject);
      const exchange = this.upstream.send(target, request, receiver, 0);
      receiver.exchange.follow(exchange, plan, signal, this.drains);
    });
  }

  /**
   * The answer as it comes, to the sink. Aborting the exchange ends it with `sink.fail`.
   * @throws GatewayError for a request that the dialect cannot carry, overloaded for a provider that takes no more; the
   *   reason of an aborted signal
   */
  stream(plan: Plan, signal: CallSignal, sink: StreamSink): UpstreamExchange {
    signal.throwIfAborted();
    const request = plan.protocol.toUpstreamRequest(plan.request, plan.target);
    this.health.begin(plan.target);
    const receiver = new StreamReceiver(plan, sink, this.environment, this.health);
    const headersTimeout = this.environment.UPSTREAM_HEADERS_TIMEOUT_MS;
    const exchange = this.upstream.send(plan.target, request, receiver, headersTimeout);
    receiver.attach(exchange, signal, this.drains);
    return exchange;
  }
}

/** Collects an answer in one piece. */
class AnswerReceiver implements UpstreamReceiver {
  readonly exchange = new RunningExchange();
  private head: UpstreamHead | undefined;
  private readonly body = new CollectedBody();

  constructor(
    private readonly plan: Plan,
    private readonly health: TargetHealthService,
    private sent: (() => void) | undefined,
    private readonly resolve: (answer: UpstreamAnswer) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  onSent(): void {
    this.sent?.();
    this.sent = undefined;
  }

  onHead(head: UpstreamHead): void {
    this.head = head;
  }

  onData(bytes: Buffer): void {
    try {
      this.body.add(bytes);
    } catch (error) {
      this.exchange.abort(error);
    }
  }

  onEnd(): void {
    this.exchange.letGo();
    const { head, plan, body } = this;
    try {
      if (!head || !isSuccess(head)) throw failureOf(plan, head ?? NO_HEAD, body, Date.now());
      const answer = answerOf(plan, body.json());
      this.health.ended(plan.target);
      this.resolve(answer);
    } catch (error) {
      this.fail(error);
    }
  }

  onError(error: unknown): void {
    this.exchange.letGo();
    this.fail(error);
  }

  private fail(error: unknown): void {
    this.health.ended(this.plan.target, takeApart(error).failure);
    this.reject(error);
  }
}

/** @throws GatewayError, within a BilledFailure where the body tells a usage and yet is no answer */
function answerOf({ protocol, target }: Plan, body: unknown): UpstreamAnswer {
  try {
    return protocol.fromUpstreamResponse(body, target);
  } catch (error) {
    const usage = protocol.usageOf?.(body, target);
    throw usage === undefined ? error : new BilledFailure(error, usage);
  }
}

const NO_HEAD: UpstreamHead = { statusCode: 502, headers: {} };
