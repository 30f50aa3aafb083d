import { Injectable } from '@nestjs/common';
import { GatewayError, toGatewayError } from '../core/errors.js';
import type { Usage } from '../core/usage.js';
import { Environment } from '../platform/env.js';
import type { Plan } from '../providers/index.js';
import { answerFacts, answerHeader } from './answer-facts.js';
import { AttemptService } from './attempt.service.js';
import type { CallEnd } from './call-account.service.js';
import { CLIENT_GONE, type Call, type ClientStream } from './call.js';
import type { Admission } from './admission.js';
import { exhausted, mayFallBack } from './fallback.js';
import { inputTokensLikely } from './input-estimate.js';
import { StreamRelay } from './stream-relay.js';

const PROGRESS_MS = 1_000;

/** The streamed half of the story: one attempt after the other until one delivers, then to its end. */
@Injectable()
export class StreamCallService {
  constructor(
    private readonly attempts: AttemptService,
    private readonly environment: Environment,
  ) {}

  /** @throws GatewayError while nothing was sent; CLIENT_GONE if the client left */
  async run(call: Call, client: ClientStream, admission: Admission): Promise<void> {
    for (const plan of admission.plans) {
      await admission.account.begin(plan);
      const attempt = new StreamAttempt(
        call,
        plan,
        client,
        admission,
        this.environment.PING_INTERVAL_MS,
      );
      if (await attempt.run(this.attempts)) return;
    }
  }
}

/** One target asked for a stream, and what became of it. */
class StreamAttempt {
  private readonly relay: StreamRelay;
  private readonly ping: NodeJS.Timeout;
  private firstContentAt: number | undefined;
  private nextProgressAt = 0;

  constructor(
    private readonly call: Call,
    private readonly plan: Plan,
    private readonly client: ClientStream,
    private readonly admission: Admission,
    pingIntervalMs: number,
  ) {
    const header = answerHeader(call, plan);
    this.ping = setInterval(() => client.ping(header), pingIntervalMs);
    this.relay = new StreamRelay({ header, client, onContent: () => this.onContent() });
  }

  /** True when the call is over, false when the next target may be asked. */
  async run(attempts: AttemptService): Promise<boolean> {
    try {
      for await (const outputs of attempts.stream(this.plan, this.call.signal)) {
        await this.relay.take(outputs);
        if (this.relay.ended) break;
      }
      await this.complete();
      return true;
    } catch (thrown) {
      return await this.failed(thrown);
    } finally {
      clearInterval(this.ping);
    }
  }

  private onContent(): void {
    const now = performance.now();
    this.ping.refresh();
    if (this.firstContentAt === undefined) {
      this.firstContentAt = now;
      this.nextProgressAt = now + PROGRESS_MS;
    } else if (now >= this.nextProgressAt) {
      this.nextProgressAt = now + PROGRESS_MS;
      this.admission.account.progress(this.usageSoFar());
    }
  }

  /** The provider's figures where they go further than what was counted. */
  private usageSoFar(): Usage {
    const { usage, delivered } = this.relay;
    return {
      ...usage,
      promptTokens: usage?.promptTokens ?? inputTokensLikely(this.call.request),
      completionTokens: Math.max(usage?.completionTokens ?? 0, delivered.tokens),
    };
  }

  private async complete(): Promise<void> {
    const { account, resolution } = this.admission;
    const { usage } = this.relay;
    account.attempted(this.plan, 200, 'ok');
    const settlement = account.settle(usage ?? this.usageSoFar(), usage ? 'final' : 'estimate');
    if (!settlement)
      throw new GatewayError('internal_error', { detail: 'an answer without a plan' });
    await account.close(settlement, this.end({ outcome: 'completed', status: 200 }));
    this.client.finish(answerFacts(this.call, this.plan, resolution, account, settlement));
  }

  private async failed(thrown: unknown): Promise<boolean> {
    if (thrown === CLIENT_GONE) {
      await this.clientGone();
      throw CLIENT_GONE;
    }
    const { account, plans } = this.admission;
    const error = toGatewayError(thrown);
    account.attempted(this.plan, error.status, error.code);
    const isLast = this.plan === plans.at(-1);
    const mayGoOn =
      !this.relay.hasDelivered && !isLast && mayFallBack(error) && !this.call.signal.aborted;
    if (mayGoOn) return false;
    const final = exhausted(error, account.attempts.length);
    // A failed call owes what the provider reported, and no more.
    const outcome = this.relay.hasDelivered ? 'interrupted' : 'failed';
    const status = this.client.isOpen ? 200 : final.status;
    await account.close(
      account.settle(this.relay.usage, 'final'),
      this.end({ outcome, status, error: final }),
    );
    if (!this.client.isOpen) throw final;
    this.client.fail(final);
    return true;
  }

  /** Bills by the provider's policy what was used until the client left. */
  private async clientGone(): Promise<void> {
    const { account } = this.admission;
    account.attempted(this.plan, 0, 'client_gone');
    const policy = this.plan.target.provider.onClientGone ?? 'estimate';
    const answered = this.relay.hasDelivered || this.relay.usage !== undefined;
    const used = policy === 'none' || !answered ? this.relay.usage : this.usageSoFar();
    await account.close(
      account.settle(used, 'estimate'),
      this.end({ outcome: 'client_gone', status: 499 }),
    );
  }

  private end(end: Pick<CallEnd, 'outcome' | 'status' | 'error'>): CallEnd {
    const { delivered, upstreamId } = this.relay;
    return {
      ...end,
      finishReason: delivered.finishReason,
      upstreamId,
      timeToFirstTokenMs:
        this.firstContentAt === undefined ? undefined : this.firstContentAt - this.call.startedTick,
    };
  }
}
