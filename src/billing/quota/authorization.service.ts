import { Injectable } from '@nestjs/common';
import { Hold, type CallUse } from './hold.js';
import { LeaseService } from './lease.service.js';
import type { CallNeeds, CallSubject, Limit } from './limit.js';
import { QuotaDirectoryService } from './quota-directory.service.js';
import type { UseEntry } from './quota.js';
import { rateLimitHeaders } from './rate-limit-headers.js';
import { noWallet, refusalError } from './refusal.js';
import { rememberedRefusal } from './remembered-refusal.js';

/**
 * Admits calls: against the wallet, budgets and rate limits that hold for them, all at once or not at all. A call that
 * is refused counts against nothing. A refusal always comes from Postgres, at most 250 ms ago.
 */
@Injectable()
export class AuthorizationService {
  constructor(
    private readonly directory: QuotaDirectoryService,
    private readonly leases: LeaseService,
  ) {}

  /**
   * Sets aside what a call may use; at once, and not as a promise, where all of it is in hand.
   * @throws GatewayError insufficient_credits, budget_exceeded, rate_limit_exceeded, ledger_unavailable; as a promise
   *   it rejects with them
   */
  authorize(subject: CallSubject, needs: CallNeeds): Hold | Promise<Hold> {
    const limits = this.directory.limitsOf(subject);
    if (limits instanceof Promise) return limits.then((known) => this.admit(known, subject, needs));
    return this.admit(limits, subject, needs);
  }

  /**
   * Whether a provider may be called on a hold. To be asked once the open record is written, not before: a process that
   * was paused in between finds that its lease has run out.
   */
  mayCall(hold: Hold): boolean {
    return hold.limits.length === 0 || this.leases.maySpend();
  }

  /** What a call used, as its close record has it; costs beyond the hold come from the hand as far as it has them. */
  settle(hold: Hold, use: CallUse): UseEntry[] {
    return hold.settle(use, performance.now(), this.leases.maySpend());
  }

  /** The end of a call is recorded, or nothing was spent on it: the rest of its hold may be spent by others. */
  release(hold: Hold): void {
    hold.release(performance.now());
  }

  /** `x-ratelimit-…` of a call that was admitted, names and values in turn. */
  headersOf(hold: Hold): readonly string[] {
    return rateLimitHeaders(hold.limits, performance.now());
  }

  private admit(
    limits: readonly Limit[],
    subject: CallSubject,
    needs: CallNeeds,
  ): Hold | Promise<Hold> {
    if (subject.isCharged && needs.credit > 0n && !hasWallet(limits))
      return this.admitToNewWallet(subject, needs);
    return this.leases.take(limits, needs) ?? this.admitByPostgres(limits, needs);
  }

  private admitByPostgres(limits: readonly Limit[], needs: CallNeeds): Hold | Promise<Hold> {
    if (limits.length === 0) return new Hold(limits, needs);
    const now = performance.now();
    const refused = rememberedRefusal(limits, needs, now);
    if (refused) throw refusalError(refused, refused.refusal, limits, now);
    return this.leases.ask(limits, needs);
  }

  /** The wallet may be so new that nobody here has heard of it. */
  private async admitToNewWallet(subject: CallSubject, needs: CallNeeds): Promise<Hold> {
    const limits = await this.directory.freshLimitsOf(subject);
    if (!hasWallet(limits)) throw noWallet(needs.credit);
    return this.leases.take(limits, needs) ?? this.admitByPostgres(limits, needs);
  }
}

/** Limits come with the wallet first. */
function hasWallet([first]: readonly Limit[]): boolean {
  return first?.quota.kind === 'credit';
}
