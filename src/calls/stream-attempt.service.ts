import { GatewayError, toGatewayError } from '../core/errors.js';
import type { Usage } from '../core/usage.js';
import {
  blameCredential,
  type Plan,
  type StreamOutput,
  type UpstreamExchange,
} from '../providers/index.js';
import type { Admission } from './admission.js';
import { answerFacts, answerHeader } from './answer-facts.js';
import type { AttemptService } from './attempt.service.js';
import type { CallEnd } from './call-account.writer.js';
import { CLIENT_GONE, type AnswerHeader, type Call, type ClientStream } from './call.js';
import { outputTokensAsked, PROGRESS_MS } from './delivered.js';
import { exhausted } from './fallback.js';
import { NOBODY } from './nobody.js';
import type { PlanChoiceService } from './plan-choice.service.js';
import { StreamRelay } from './stream-relay.js';
import type { StreamSink } from './stream-receiver.service.js';

/** One target asked for a stream, and what became of it. */
export class StreamAttempt implements StreamSink {
  private readonly header: AnswerHeader;
  private readonly relay: StreamRelay;
  private exchange: UpstreamExchange | undefined;
  private ping: NodeJS.Timeout | undefined;
  private firstContentAt: number | undefined;
  private nextProgressAt = 0;
  /** The client has left, and the provider is read to its end for its figures. */
  private isReadOn = false;
  private settle: ((end: { readonly error?: unknown }) => void) | undefined;

  constructor(
    private readonly call: Call,
    private readonly plan: Plan,
    private client: ClientStream,
    private readonly admission: Admission,
  ) {
    this.header = answerHeader(call, plan, admission.account);
    this.relay = new StreamRelay(client, this.header);
  }

  /** The next plan to try, or undefined when the call is over. @throws as StreamCallService.run */
  async run(attempts: AttemptService, pingIntervalMs: number): Promise<Plan | undefined> {
    this.ping = setInterval(() => this.client.ping(this.header), pingIntervalMs);
    try {
      const { error } = await this.streamed(attempts);
      if (error === CLIENT_GONE || this.isReadOn) return await this.clientGone(error === undefined);
      if (error !== undefined) return await this.failed(error, attempts.choice);
      await this.complete();
      return undefined;
    } catch (error) {
      // The end could not be recorded; the client hears of it in the stream that it reads.
      if (error === CLIENT_GONE || !this.client.isOpen) throw error;
      this.client.fail(toGatewayError(error));
      return undefined;
    } finally {
      clearInterval(this.ping);
    }
  }

  take(outputs: readonly StreamOutput[]): void {
    let hasContent = false;
    try {
      hasContent = this.relay.take(outputs);
    } finally {
      // The last pieces go out with the end of the answer.
      if (!this.relay.ended) this.client.flush();
    }
    if (hasContent) this.onContent();
    if (this.relay.ended) this.settle?.({});
    else if (this.client.isFull) this.waitForClient();
  }

  readOn(): void {
    this.isReadOn = true;
    this.client = NOBODY;
    this.relay.readOn();
  }

  fail(error: unknown): void {
    this.settle?.({ error });
  }

  /** Resolves when the provider's answer has ended, well or not. */
  private streamed(attempts: AttemptService): Promise<{ readonly error?: unknown }> {
    return new Promise((resolve) => {
      this.settle = resolve;
      try {
        this.exchange = attempts.stream(this.plan, this.call.signal, this);
      } catch (error) {
        resolve({ error });
      }
    });
  }

  /** A client that reads slowly slows the provider down; nothing piles up here. */
  private waitForClient(): void {
    this.exchange?.pause();
    this.client.onDrain(() => this.exchange?.resume());
  }

  /** The first content is recorded at once, and from then on what has come every second. */
  private onContent(): void {
    const now = performance.now();
    this.firstContentAt ??= now;
    if (now >= this.nextProgressAt) {
      this.nextProgressAt = now + PROGRESS_MS;
      this.admission.account.progress(this.usageSoFar(), this.relay.upstreamId);
    }
    this.ping?.refresh();
  }

  /** The provider's figures where they go further than what was counted. */
  private usageSoFar(): Usage {
    const { usage, delivered } = this.relay;
    const tokens = Math.min(delivered.tokens, outputTokensAsked(this.call.request));
    if (usage && usage.completionTokens >= tokens) return usage;
    // A cost that was reported is that of less.
    const { reportedCost: _ofLess, ...reported }: Partial<Usage> = usage ?? {};
    return {
      ...reported,
      promptTokens: usage?.promptTokens ?? this.admission.account.inputTokensLikely(),
      completionTokens: tokens,
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

  private async failed(thrown: unknown, choice: PlanChoiceService): Promise<Plan | undefined> {
    const { account } = this.admission;
    const error = blameCredential(toGatewayError(thrown), this.plan.target.credential);
    account.attempted(this.plan, error.status, error.code);
    const { usage } = this.relay;
    if (!this.relay.hasDelivered) {
      const next = await choice.after(this.plan, error, this.call, this.admission);
      if (next && !this.call.signal.aborted) {
        account.abandoned(this.plan, usage);
        return next;
      }
    }
    const final = exhausted(error, account.attempts.length, usage !== undefined);
    const outcome = this.relay.hasDelivered ? 'interrupted' : 'failed';
    const status = this.client.isOpen ? 200 : final.status;
    // A call that failed owes what the provider reported, and no more; one that was broken off here what it had got.
    const isOurs = this.relay.hasDelivered && this.call.signal.aborted;
    const settlement = isOurs
      ? account.settle(this.usageSoFar(), 'estimate')
      : account.settle(usage, 'final');
    await account.close(settlement, this.end({ outcome, status, error: final }));
    if (!this.client.isOpen) throw final;
    this.client.fail(final);
    return undefined;
  }

  /**
   * Bills by the provider's policy what was used until the client left; what an answer tells that was read to its end
   * is final. @throws CLIENT_GONE
   */
  private async clientGone(isWhole: boolean): Promise<never> {
    const { account } = this.admission;
    const { usage } = this.relay;
    account.attempted(this.plan, isWhole ? 200 : 0, isWhole ? 'ok' : 'client_gone');
    const policy = this.plan.target.provider.onClientGone ?? 'estimate';
    const answered = this.relay.hasDelivered || usage !== undefined;
    const used = policy === 'none' || !answered ? usage : this.usageSoFar();
    const settlement =
      isWhole && usage ? account.settle(usage, 'final') : account.settle(used, 'estimate');
    await account.close(settlement, this.end({ outcome: 'client_gone', status: 499 }));
    throw CLIENT_GONE;
  }

  private end(end: Pick<CallEnd, 'outcome' | 'status' | 'error'>): CallEnd {
    const { delivered, upstreamId } = this.relay;
    const { firstContentAt } = this;
    return {
      ...end,
      finishReason: delivered.finishReason,
      upstreamId,
      timeToFirstTokenMs:
        firstContentAt === undefined ? undefined : firstContentAt - this.call.startedTick,
    };
  }
}
