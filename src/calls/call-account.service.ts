import { Injectable, Logger } from '@nestjs/common';
import {
  AuthorizationService,
  CloseRecordService,
  estimateHold,
  JournalWriter,
  type Attempt,
  type CallIdentity,
  type CallOutcome,
  type Charge,
  type Hold,
  type ServedBy,
} from '../billing/index.js';
import type { GatewayError } from '../core/errors.js';
import { formatUsd, type PicoUsd } from '../core/money.js';
import type { PriceVersion } from '../core/price.js';
import { plainText } from '../core/text.js';
import type { Usage } from '../core/usage.js';
import { Environment } from '../platform/env.js';
import { MetricsService } from '../platform/telemetry/metrics.service.js';
import type { Plan, Resolution } from '../providers/index.js';
import type { Call } from './call.js';
import { inputTokensHigh } from './input-estimate.js';
import { untouchedMeters } from './touched-meters.js';
import { NO_CHARGE, settle, type Settlement } from './settlement.js';

const MAX_TEXT = 256;

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
interface Books {
  readonly journal: JournalWriter;
  readonly closes: CloseRecordService;
  readonly metrics: MetricsService;
}

/** Money and record of the calls of this process. */
@Injectable()
export class CallAccountService implements Books {
  constructor(
    readonly journal: JournalWriter,
    readonly closes: CloseRecordService,
    private readonly authorization: AuthorizationService,
    private readonly environment: Environment,
    readonly metrics: MetricsService,
  ) {}

  /**
   * Sets the most aside that a call can cost at any of the plans.
   * @throws GatewayError insufficient_credits, ledger_unavailable, model_not_priced
   */
  async open(call: Call, resolution: Resolution, plans: readonly Plan[]): Promise<CallAccount> {
    const needed = plans.reduce<PicoUsd>((most, plan) => {
      const cost = plan.target.credential.owner === 'platform' ? this.estimate(call, plan) : 0n;
      return cost > most ? cost : most;
    }, 0n);
    const hold = await this.authorization.authorize(call.principal.organizationId, needed);
    return new CallAccount(call, identityOf(call, resolution), hold, this);
  }

  /** Records a call that was refused before any provider was asked. It costs nothing. */
  refuse(call: Call, error: GatewayError): void {
    const account = new CallAccount(call, identityOf(call, undefined), undefined, this);
    account
      .close(undefined, { outcome: 'refused', status: error.status, error })
      .catch(() => undefined);
  }

  private estimate(call: Call, { target, request }: Plan): PicoUsd {
    const cap = this.environment.DEFAULT_MAX_OUTPUT_TOKENS;
    const asked = request.max_completion_tokens ?? request.max_tokens;
    const maxOutputTokens = asked ?? Math.min(target.offer.maxOutputTokens ?? cap, cap);
    return estimateHold(
      {
        inputTokensHigh: inputTokensHigh(call.request),
        maxOutputTokens,
        n: call.request.n ?? 1,
        at: call.startedAt,
        excludedMeters: untouchedMeters(call.request, target.offer),
        ...(request.service_tier === undefined ? {} : { serviceTier: request.service_tier }),
      },
      target.price,
      call.principal.planMultiplier,
    );
  }
}

/** The account of one call, from its hold to its close. */
export class CallAccount {
  private readonly logger = new Logger(CallAccount.name);
  readonly attempts: Attempt[] = [];
  private plan: Plan | undefined;

  constructor(
    private readonly call: Call,
    private readonly identity: CallIdentity,
    private readonly hold: Hold | undefined,
    private readonly books: Books,
  ) {}

  /** A provider is about to be called; the record of it is on the disk when the promise resolves. */
  async begin(plan: Plan): Promise<void> {
    this.plan = plan;
    const hold = formatUsd(this.hold?.amount ?? 0n);
    const { call, identity } = this;
    const served = servedBy(plan);
    try {
      await this.books.journal.append({ type: 'open', call: call.id, identity, served, hold });
    } catch (error) {
      // No provider is called without its record, so nothing will be spent.
      this.hold?.release(0n);
      throw error;
    }
  }

  /** What the running stream has used so far; losing it loses no more than the time since the last one. */
  progress(usage: Usage): void {
    const settlement = this.settle(usage, 'progress');
    if (settlement)
      this.append({ type: 'progress', call: this.call.id, charge: settlement.charge });
  }

  /** An attempt has ended. */
  attempted(plan: Plan, status: number, reason: string): void {
    this.attempts.push({ provider: plan.target.provider.id, status, reason });
  }

  /** Prices usage at the target that was called last. */
  settle(usage: Usage | undefined, rank: Charge['rank']): Settlement | undefined {
    if (!this.plan) return undefined;
    return settle(usage, rank, this.plan.target, this.call.principal, this.call.startedAt);
  }

  /**
   * Ends the account: the close record is on the disk when the promise resolves, the hold is free.
   * @throws GatewayError ledger_unavailable
   */
  async close(settlement: Settlement | undefined, end: CallEnd): Promise<void> {
    if (settlement && settlement.unpriced.length > 0) {
      this.logger.error(
        `${this.call.id} used what has no price: ${settlement.unpriced.join(', ')}`,
      );
    }
    this.hold?.release(settlement?.spent ?? 0n);
    const durationMs = performance.now() - this.call.startedTick;
    this.measure(settlement, end, durationMs);
    await this.books.closes.write({
      type: 'close',
      call: this.call.id,
      identity: this.identity,
      served: this.plan ? servedBy(this.plan) : null,
      charge: settlement?.charge ?? NO_CHARGE,
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
      .catch((error: unknown) => this.logger.warn(`no progress record: ${String(error)}`));
  }
}

function identityOf(call: Call, resolution: Resolution | undefined): CallIdentity {
  const { principal, context } = call;
  return {
    organization: principal.organizationId,
    project: principal.projectId,
    key: principal.apiKeyId,
    endpoint: call.endpoint,
    stream: call.request.stream === true,
    requestedModel: plainText(call.request.model, MAX_TEXT),
    requestedProvider:
      resolution?.modelName.kind === 'pinned' ? resolution.modelName.provider.id : null,
    source: context.source,
    session: context.sessionId,
    clientRequestId: context.clientRequestId,
    tags: context.tags,
    startedAt: call.startedAt,
  };
}

/** A price version belongs to one offer, so what served a call is the same for all calls at that version. */
const SERVED = new WeakMap<PriceVersion, ServedBy>();

function servedBy({ target }: Plan): ServedBy {
  const known = SERVED.get(target.price);
  if (known) return known;
  const served = {
    provider: target.provider.id,
    model: target.offer.modelId,
    offer: target.offer.id,
    upstreamModel: target.offer.upstreamModel,
    priceVersion: target.price.id,
  };
  SERVED.set(target.price, served);
  return served;
}
