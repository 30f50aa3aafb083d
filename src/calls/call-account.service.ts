import { Injectable } from '@nestjs/common';
import { AuthorizationService, CloseRecordService, JournalWriter } from '../billing/index.js';
import { GatewayError } from '../core/errors.js';
import { Environment } from '../platform/env.js';
import { MetricsService } from '../platform/telemetry/metrics.service.js';
import type { Plan, Resolution } from '../providers/index.js';
import type { Call } from './call.js';
import { CallAccount, type Books, type CallEnd } from './call-account.writer.js';
import { identityOf } from './call-identity.js';
import { demandOf } from './call-needs.js';

/** Money and record of the calls of this process. */
@Injectable()
export class CallAccountService implements Books {
  constructor(
    readonly journal: JournalWriter,
    readonly closes: CloseRecordService,
    readonly authorization: AuthorizationService,
    private readonly environment: Environment,
    readonly metrics: MetricsService,
  ) {}

  /**
   * Sets aside the most that a call can use at any of the plans; at once where it is in hand.
   * @throws GatewayError insufficient_credits, budget_exceeded, rate_limit_exceeded, ledger_unavailable,
   *   model_not_priced; the reason of a signal that was aborted meanwhile
   */
  open(
    call: Call,
    resolution: Resolution,
    plans: readonly Plan[],
  ): CallAccount | Promise<CallAccount> {
    const demand = demandOf(call, plans, this.environment.DEFAULT_MAX_OUTPUT_TOKENS);
    const hold = this.authorization.authorize(demand.subject, demand.needs);
    const identity = identityOf(call, resolution);
    if (!(hold instanceof Promise)) return new CallAccount(call, identity, hold, this);
    return hold.then((granted) => {
      if (call.signal.aborted) this.authorization.release(granted);
      call.signal.throwIfAborted();
      return new CallAccount(call, identity, granted, this);
    });
  }

  /** Records a call that ended before any provider was asked. It costs nothing. */
  refuse(call: Call, reason: Error): void {
    const account = new CallAccount(call, identityOf(call, undefined), undefined, this);
    const end: CallEnd =
      reason instanceof GatewayError
        ? { outcome: 'refused', status: reason.status, error: reason }
        : { outcome: 'client_gone', status: 499 };
    account.close(undefined, end).catch(() => undefined);
  }
}
