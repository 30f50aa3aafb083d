import type { ErrorCode } from '../../../core/errors.js';
import type { Target } from '../../../core/target.js';
import { TargetHealth, type Standing } from './target-health.js';

/** What tells a target from others. */
export interface HealthKey {
  readonly credential: Pick<Target['credential'], 'id'>;
  readonly offer: Pick<Target['offer'], 'id'>;
}

interface Choice {
  readonly target: HealthKey;
}

/** Failures that blame the target. What blames the request, or nobody, never counts. */
const FAULT_OF_TARGET: ReadonlySet<ErrorCode> = new Set([
  'upstream_error',
  'upstream_auth_failed',
  'upstream_model_missing',
  'upstream_timeout',
  'overloaded',
]);

/** A longer Retry-After is not believed. */
const LONGEST_COOLDOWN_MS = 3_600_000;
const DEFAULT_COOLDOWN_MS = 1_000;
/** Targets that are remembered at most; beyond it those are dropped that have recovered. */
const MAX_TARGETS = 10_000;

/**
 * Which targets fail. Only those that failed lately are here, so a healthy gateway has an empty board and pays nothing
 * for it. A target is an offer with a credential; a credential that was told to slow down rests as a whole.
 */
export class HealthBoard {
  private readonly targets = new Map<string, Map<string, TargetHealth>>();
  private readonly resting = new Map<string, number>();

  /** Nothing is known against any target. */
  get isEmpty(): boolean {
    return this.targets.size === 0 && this.resting.size === 0;
  }

  /** The choices that may be tried, in their order; all of them where none may: the last target is never ejected. */
  available<C extends Choice>(choices: readonly C[], now: number): readonly C[] {
    if (this.isEmpty) return choices;
    const fit = choices.filter(({ target }) => this.standing(target, now) !== 'ejected');
    return fit.length === 0 ? choices : fit;
  }

  /** The first choice that may be tried now. One whose ejection is over is given out once, as its probe. */
  choose<C extends Choice>(choices: readonly C[], now: number): C | undefined {
    if (this.isEmpty) return choices[0];
    for (const choice of choices) {
      const standing = this.standing(choice.target, now);
      if (standing === 'probe') this.find(choice.target)?.claim(now);
      if (standing !== 'ejected') return choice;
    }
    return undefined;
  }

  succeeded(target: HealthKey, now: number): void {
    const health = this.find(target);
    if (!health) return;
    health.succeeded(now);
    if (health.isForgotten(now)) this.forget(target);
  }

  /**
   * A call to a target has failed with this code of the table, or for a reason that is none.
   * @param retryAfterSeconds what the provider asked for
   * @returns for how long the target is ejected by it, ms
   */
  failed(
    target: HealthKey,
    code: ErrorCode | undefined,
    retryAfterSeconds: number | undefined,
    now: number,
  ): number | undefined {
    if (code === 'upstream_rate_limited') this.rest(target, retryAfterSeconds, now);
    if (code === undefined || !FAULT_OF_TARGET.has(code)) {
      this.find(target)?.toldNothing(now);
      return undefined;
    }
    return this.findOrMake(target, now).failed(now);
  }

  /** How many targets are not called at the moment. */
  ejectedCount(now: number): number {
    let count = 0;
    for (const offers of this.targets.values())
      for (const health of offers.values()) if (health.standing(now) !== 'serving') count++;
    return count;
  }

  /** How many credentials rest at the moment. */
  restingCount(now: number): number {
    let count = 0;
    for (const until of this.resting.values()) if (now < until) count++;
    return count;
  }

  private standing(target: HealthKey, now: number): Standing {
    const until = this.resting.get(target.credential.id);
    if (until !== undefined) {
      if (now < until) return 'ejected';
      this.resting.delete(target.credential.id);
    }
    return this.find(target)?.standing(now) ?? 'serving';
  }

  private rest({ credential }: HealthKey, seconds: number | undefined, now: number): void {
    const asked = seconds === undefined ? DEFAULT_COOLDOWN_MS : seconds * 1_000;
    const until = now + Math.min(asked, LONGEST_COOLDOWN_MS);
    this.resting.set(credential.id, Math.max(until, this.resting.get(credential.id) ?? 0));
  }

  private find({ credential, offer }: HealthKey): TargetHealth | undefined {
    return this.targets.get(credential.id)?.get(offer.id);
  }

  private findOrMake(target: HealthKey, now: number): TargetHealth {
    const known = this.find(target);
    if (known) return known;
    this.makeRoom(now);
    const health = new TargetHealth(now);
    const offers = this.targets.get(target.credential.id);
    if (offers) offers.set(target.offer.id, health);
    else this.targets.set(target.credential.id, new Map([[target.offer.id, health]]));
    return health;
  }

  private forget({ credential, offer }: HealthKey): void {
    const offers = this.targets.get(credential.id);
    offers?.delete(offer.id);
    if (offers?.size === 0) this.targets.delete(credential.id);
  }

  /** Credentials come and go; what was known of those that went must not pile up. */
  private makeRoom(now: number): void {
    if (this.targets.size + this.resting.size < MAX_TARGETS) return;
    for (const [id, until] of this.resting) if (until <= now) this.resting.delete(id);
    for (const [id, offers] of this.targets) {
      for (const [offer, health] of offers)
        if (health.standing(now) !== 'ejected') offers.delete(offer);
      if (offers.size === 0) this.targets.delete(id);
    }
  }
}
