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
import { CLIENT_GONE } from './call.js';
import type { CallSignal } from './call-signal.js';
import { ClientDrainsService } from './client-drains.service.js';
import { PlanChoiceService } from './plan-choice.service.js';
import { StreamReceiver, type StreamSink } from './stream-receiver.service.js';
import { BilledFailure, takeApart } from './billed-failure.js';
import { CollectedBody, failureOf, isSuccess } from './upstream-body.js';

/** One request to one target. */
@Injectable()
export class AttemptService implements Listeners {
  constructor(
    private readonly upstream: UpstreamClient,
    private readonly environment: Environment,
    readonly health: TargetHealthService,
    readonly choice: PlanChoiceService,
    readonly drains: ClientDrainsService,
  ) {}

  /**
   * The answer in one piece; where the provider's answers are read to their end, also if the client has left.
   * @throws GatewayError, within a BilledFailure where a usage came with it; the reason of the signal if it aborts
   */
  answer(plan: Plan, signal: CallSignal): Promise<UpstreamAnswer> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const { target } = plan;
      const request = plan.protocol.toUpstreamRequest(plan.request, target);
      this.health.begin(target);
      const receiver = new AnswerReceiver(plan, this, resolve, reject);
      receiver.exchange = this.upstream.send(target, request, receiver, 0);
      receiver.detach = signal.onAbort((reason) => receiver.leave(reason));
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

/** Who is told how an answer ends. */
interface Listeners {
  readonly health: TargetHealthService;
  readonly drains: ClientDrainsService;
}

/**
 * Collects an answer in one piece. At the end it lets go of everything: undici keeps the receiver until the next request
 * of the connection, and what it can reach would outlive the call by several collections of garbage.
 */
class AnswerReceiver implements UpstreamReceiver {
  exchange: UpstreamExchange | undefined;
  /** Takes it off the signal of its call. */
  detach: (() => void) | undefined;
  private endDrain: (() => void) | undefined;
  private head: UpstreamHead | undefined;
  private readonly body = new CollectedBody();

  constructor(
    private readonly plan: Plan,
    private readonly listeners: Listeners,
    private readonly resolve: (answer: UpstreamAnswer) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  /** The call is over before its answer is. */
  leave(reason: unknown): void {
    if (reason === CLIENT_GONE) {
      const breakOff = (): void => this.exchange?.abort(CLIENT_GONE);
      this.endDrain = this.listeners.drains.begin(this.plan, breakOff);
    }
    if (!this.endDrain) this.exchange?.abort(reason);
  }

  onHead(head: UpstreamHead): void {
    this.head = head;
  }

  onData(bytes: Buffer): void {
    try {
      this.body.add(bytes);
    } catch (error) {
      this.exchange?.abort(error);
    }
  }

  onEnd(): void {
    this.letGo();
    const { head, plan, body } = this;
    try {
      if (!head || !isSuccess(head)) throw failureOf(plan, head ?? NO_HEAD, body, Date.now());
      const answer = answerOf(plan, body.json());
      this.listeners.health.ended(plan.target);
      this.resolve(answer);
    } catch (error) {
      this.fail(error);
    }
  }

  onError(error: unknown): void {
    this.letGo();
    this.fail(error);
  }

  private letGo(): void {
    this.detach?.();
    this.endDrain?.();
    this.exchange = undefined;
    this.detach = undefined;
    this.endDrain = undefined;
  }

  private fail(error: unknown): void {
    this.listeners.health.ended(this.plan.target, takeApart(error).failure);
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
