import { Injectable } from '@nestjs/common';
import type { GatewayError } from '../core/errors.js';
import { TargetHealthService, type Plan } from '../providers/index.js';
import type { Admission } from './admission.js';
import type { CallAccount } from './call-account.writer.js';
import type { CallSignal } from './call-signal.js';
import type { Call } from './call.js';
import { MAX_ATTEMPTS, planAfter, plansToTry } from './fallback.js';
import { repeatDelayMs } from './repeat.js';
import { SearchStepService } from './web-search/index.js';

/**
 * Which plan of a call is tried when: first by price and health, then by what the one before came to; and what it is
 * tried with.
 */
@Injectable()
export class PlanChoiceService {
  constructor(
    private readonly health: TargetHealthService,
    private readonly searches: SearchStepService,
  ) {}

  /** The plans that a call may come to, best first. @throws GatewayError overloaded where no provider takes more */
  plansFor(plans: readonly Plan[], call: Call): readonly Plan[] {
    return plansToTry(this.health.available(plans), call.context.allowFallback);
  }

  /** The plan that a call begins with. Where every target is to be left out, the best one is asked all the same. */
  first(plans: readonly Plan[]): Plan | undefined {
    return this.health.choose(plans) ?? plans[0];
  }

  /**
   * The plan to try after one that failed like this: another target, else the same again where the provider's retry
   * budget allows it, and then only after a while. Undefined where the call has failed.
   */
  async after(
    failed: Plan,
    error: GatewayError,
    call: Call,
    { plans, account }: Admission,
  ): Promise<Plan | undefined> {
    const attempts = account.attempts.length;
    const choose = (rest: readonly Plan[]): Plan | undefined => this.health.choose(rest);
    const next = planAfter(failed, error, plans, attempts, choose);
    if (next) return next;
    if (attempts >= MAX_ATTEMPTS || !call.context.allowFallback) return undefined;
    const delay = repeatDelayMs(error, attempts, Math.random());
    if (delay === undefined || !this.health.mayRepeat(failed.target)) return undefined;
    await pause(delay, call.signal);
    // Without what was found for it, which it is given again.
    return plans.find(({ target }) => target === failed.target) ?? failed;
  }

  /** The plan with what the gateway found for it in its request. @throws the reason of the call's signal */
  searched(call: Call, plan: Plan, account: CallAccount): Promise<Plan> {
    return this.searches.run(call, plan, account);
  }
}

/** Resolves after some milliseconds, or as soon as the call is over. */
function pause(milliseconds: number, signal: CallSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      detach();
      resolve();
    }, milliseconds);
    const detach = signal.onAbort(over);
  });
}
