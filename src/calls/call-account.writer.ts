import { Logger } from '@nestjs/common';
import {
  AuthorizationService,
  CloseRecordService,
  JournalWriter,
  piecesOf,
  type Attempt,
  type AttemptCost,
  type CallIdentity,
  type CallOutcome,
  type Charge,
  type Hold,
  type CallUse,
  type OpenRecord,
  type UseEntry,
} from '../billing/index.js';
import { GatewayError, toGatewayError } from '../core/errors.js';
import { plainText } from '../core/text.js';
import type { Usage } from '../core/usage.js';
import { MetricsService } from '../platform/telemetry/metrics.service.js';
import type { Plan } from '../providers/index.js';
import { CLIENT_GONE, type Call } from './call.js';
import { askedLater, attemptCost, MAX_TEXT, servedBy } from './call-identity.js';
import { inputTokensLikely } from './input-estimate.js';
import { chargeOfNothing, settle, type Settlement } from './settlement.js';
import type { SearchOutcome } from './web-search/outcome.js';
import { searchExpense } from './web-search/search-bill.js';

/** How a call ended, beside what it cost. */
export interface CallEnd {
  readonly outcome: CallOutcome;
  readonly status: number;
  readonly error?: GatewayError | undefined;
  readonly finishReason?: string | null;
  readonly upstreamId?: string | undefined;
  readonly timeToFirstTokenMs?: number | undefined;
}

/** Where an account writes. */
export interface Books {
  readonly journal: JournalWriter;
  readonly closes: CloseRecordService;
  readonly authorization: AuthorizationService;
  readonly metrics: MetricsService;
}

const logger = new Logger('CallAccount');

/** The account of one call, from its hold to its close. */
export class CallAccount {
  readonly attempts: Attempt[] = [];
  private readonly attemptCosts: AttemptCost[] = [];
  private plan: Plan | undefined;
  private likelyInput: number | undefined;
  /** A provider was called: from then on the call counts against its limits. */
  private wasSent = false;
  /** The request of the attempt that runs has gone out: from then on its provider may bill it. */
  wentOut = false;
  /** Its open record is on the disk. */
  private wasOpened = false;
  /** What the gateway's own search came to; undefined before it has ended. */
  search: SearchOutcome | undefined;
  /** `x-ratelimit-…` headers of the answer, names and values in turn. */
  readonly rateLimits: readonly string[];

  constructor(
    private readonly call: Call,
    private readonly identity: CallIdentity,
    private readonly hold: Hold | undefined,
    private readonly books: Books,
  ) {
    this.rateLimits = hold ? books.authorization.headersOf(hold) : [];
  }

  /**
   * A provider is about to be called; the record of it is on the disk when the promise resolves. Where it rejects, the
   * account is closed.
   * @throws GatewayError ledger_unavailable; the reason of the call's signal where it was aborted meanwhile
   */
  async begin(plan: Plan): Promise<void> {
    this.plan = plan;
    this.wentOut = false;
    try {
      await this.books.journal.append(this.opening(plan));
    } catch (error) {
      return this.giveUp(toGatewayError(error));
    }
    this.wasOpened = true;
    const { aborted, reason } = this.call.signal;
    if (aborted) return this.giveUp(reason === CLIENT_GONE ? CLIENT_GONE : toGatewayError(reason));
    // Only now, for a process that was paused before this line may have lost what it holds.
    if (this.hold && !this.books.authorization.mayCall(this.hold)) {
      const detail = 'the lease ran out before the provider was called';
      return this.giveUp(new GatewayError('ledger_unavailable', { detail, retryAfterSeconds: 1 }));
    }
    this.wasSent = true;
  }

  private opening(plan: Plan): OpenRecord {
    return {
      type: 'open',
      call: this.call.id,
      identity: this.identity,
      served: servedBy(plan),
      charged: plan.target.credential.owner === 'platform',
      holds: this.hold?.entries() ?? [],
      credential: askedLater(plan),
      attemptCosts: this.sunkCosts(),
    };
  }

  /** No provider is called without its record and its lease. */
  private async giveUp(error: Error): Promise<never> {
    const closed = this.close(undefined, endBefore(error, this.attempts.length > 0));
    // Nobody else will give back the hold of a call that was never opened.
    await closed.catch(() => {
      if (!this.wasOpened) this.release();
    });
    throw error;
  }

  private release(): void {
    if (this.hold) this.books.authorization.release(this.hold);
  }

  /** What the running stream has used so far; losing it loses no more than the time since the last one. */
  progress(usage: Usage, upstreamId?: string): void {
    const settlement = this.settle(usage, 'progress');
    if (!settlement) return;
    const named = upstreamId === undefined ? {} : { upstreamId: plainText(upstreamId, MAX_TEXT) };
    this.append({ type: 'progress', call: this.call.id, charge: settlement.charge, ...named });
  }

  /** About as many tokens as the input has, for a provider that does not tell; with what was found for it. */
  inputTokensLikely(): number {
    const quoted = this.search?.quotation?.length ?? 0;
    return (this.likelyInput ??= inputTokensLikely(this.call.request, quoted));
  }

  /** A search of the gateway's own has ended. What it cost us is on record from here on: the call is opened once more. */
  searched(outcome: SearchOutcome): void {
    this.search = outcome;
    const cost = outcome.charge && searchExpense(outcome.charge);
    if (!cost) return;
    this.attemptCosts.push(cost);
    if (this.plan) this.append(this.opening(this.plan));
  }

  private unanswered(): Charge {
    return chargeOfNothing(this.plan?.target.credential, this.search?.charge);
  }

  /** An attempt has ended. */
  attempted(plan: Plan, status: number, reason: string): void {
    this.attempts.push({ provider: plan.target.provider.id, status, reason });
  }

  /** An attempt has failed and another one follows: what its provider had told of its usage is our cost, not the tenant's. */
  abandoned(plan: Plan, usage: Usage | undefined): void {
    const cost = attemptCost(plan, usage, this.call);
    if (cost) this.attemptCosts.push(cost);
  }

  /** Prices usage at the target that was called last. */
  settle(usage: Usage | undefined, rank: Charge['rank']): Settlement | undefined {
    if (!this.plan) return undefined;
    const { call, plan, search } = this;
    return settle(usage, rank, plan.target, call.principal, call.startedAt, search?.charge);
  }

  /**
   * Ends the account: the close record is on the disk when the promise resolves, the hold is free.
   * @throws GatewayError ledger_unavailable
   */
  async close(settlement: Settlement | undefined, end: CallEnd): Promise<void> {
    if (settlement && settlement.unpriced.length > 0) {
      logger.error(`${this.call.id} used what has no price: ${settlement.unpriced.join(', ')}`);
    }
    const durationMs = performance.now() - this.call.startedTick;
    this.measure(settlement, end, durationMs);
    await this.books.closes.write({
      type: 'close',
      call: this.call.id,
      identity: this.identity,
      served: this.plan && this.wasSent ? servedBy(this.plan) : null,
      credential: this.plan && this.wasSent ? askedLater(this.plan) : undefined,
      attemptCosts: this.sunkCosts(),
      charge: settlement?.charge ?? this.unanswered(),
      quotas: this.used(settlement),
      outcome: end.outcome,
      status: end.status,
      errorCode: end.error?.code ?? null,
      finishReason: end.finishReason ?? null,
      upstreamId: end.upstreamId === undefined ? null : plainText(end.upstreamId, MAX_TEXT),
      attempts: this.attempts,
      durationMs: Math.round(durationMs),
      timeToFirstTokenMs:
        end.timeToFirstTokenMs === undefined ? null : Math.round(end.timeToFirstTokenMs),
    });
    this.release();
  }

  private sunkCosts(): readonly AttemptCost[] | undefined {
    return this.attemptCosts.length === 0 ? undefined : this.attemptCosts;
  }

  private used(settlement: Settlement | undefined): readonly UseEntry[] {
    if (!this.hold) return [];
    return this.books.authorization.settle(this.hold, useOf(settlement, this.wasSent));
  }

  private measure(settlement: Settlement | undefined, end: CallEnd, durationMs: number): void {
    const { plan } = this;
    this.books.metrics.ended({
      endpoint: this.call.endpoint,
      provider: plan?.target.provider.id ?? 'none',
      model: plan?.target.offer.modelId ?? 'none',
      outcome: end.outcome,
      durationMs,
      timeToFirstTokenMs: end.timeToFirstTokenMs,
      promptTokens: settlement?.usage.promptTokens ?? 0,
      completionTokens: settlement?.usage.completionTokens ?? 0,
      cost: settlement?.charge.amount ?? '0',
    });
  }

  private append(record: Parameters<JournalWriter['append']>[0]): void {
    this.books.journal
      .append(record)
      .catch((error: unknown) => logger.warn(`no ${record.type} record: ${String(error)}`));
  }
}

/** The end of a call that goes to no provider, or to none any more. */
function endBefore(error: Error, wasTried: boolean): CallEnd {
  if (!(error instanceof GatewayError)) return { outcome: 'client_gone', status: 499 };
  return { outcome: wasTried ? 'failed' : 'refused', status: error.status, error };
}

function useOf(settlement: Settlement | undefined, wasSent: boolean): CallUse {
  if (!settlement) return { credit: 0n, budget: 0n, tokens: 0n, wasSent, isFinal: true };
  const { usage, spent, cost, charge } = settlement;
  return {
    credit: spent,
    budget: cost,
    tokens: piecesOf(usage.promptTokens + usage.completionTokens),
    wasSent,
    isFinal: charge.rank !== 'estimate',
  };
}
