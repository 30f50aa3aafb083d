import type { ErrorCode } from '../../../core/errors.js';
import type { Target } from '../../../core/target.js';
import { TargetHealth, type Standing } from './target-health.js';

/** What tells a target from others. */
export interface HealthKey {
  readonly credential: Pick<Target['credential'], 'id' | 'secret'>;
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

/** What is known of a credential, as long as its secret is the same. */
interface CredentialHealth {
  readonly secret: string;
  /** Until when it rests. */
  restsUntil: number;
  /** By the ids of the offers. */
  readonly targets: Map<string, TargetHealth>;
}

/** A longer Retry-After is not believed. */
const LONGEST_COOLDOWN_MS = 3_600_000;
const DEFAULT_COOLDOWN_MS = 1_000;
/** Credentials that are remembered at most; beyond it those are dropped that nothing holds against at the moment. */
const MAX_CREDENTIALS = 10_000;

/**
 * Which targets fail. Only those that failed lately are here, so a healthy gateway has an empty board and pays nothing
 * for it. A target is an offer with a credential; a credential that was told to slow down rests as a whole.
 */
export class HealthBoard {
  private readonly credentials = new Map<string, CredentialHealth>();

  /** Nothing is known against any target. */
  get isEmpty(): boolean {
    return this.credentials.size === 0;
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
    if (health.isForgotten(now))
      this.credentials.get(target.credential.id)?.targets.delete(target.offer.id);
    this.tidy(target, now);
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
    const { targets } = this.recordOf(target, now);
    const known = targets.get(target.offer.id);
    const health = known ?? new TargetHealth(now);
    if (!known) targets.set(target.offer.id, health);
    return health.failed(now);
  }

  /** How many targets are not called at the moment. */
  ejectedCount(now: number): number {
    let count = 0;
    for (const { targets } of this.credentials.values())
      for (const health of targets.values()) if (health.standing(now) !== 'serving') count++;
    return count;
  }

  /** How many credentials rest at the moment. */
  restingCount(now: number): number {
    let count = 0;
    for (const { restsUntil } of this.credentials.values()) if (now < restsUntil) count++;
    return count;
  }

  private standing(target: HealthKey, now: number): Standing {
    const record = this.recorded(target);
    if (!record) return 'serving';
    if (now < record.restsUntil) return 'ejected';
    this.tidy(target, now);
    return record.targets.get(target.offer.id)?.standing(now) ?? 'serving';
  }

  private rest(target: HealthKey, seconds: number | undefined, now: number): void {
    const record = this.recordOf(target, now);
    const asked = seconds === undefined ? DEFAULT_COOLDOWN_MS : seconds * 1_000;
    const until = now + Math.min(asked, LONGEST_COOLDOWN_MS);
    record.restsUntil = Math.max(until, record.restsUntil);
  }

  private find(target: HealthKey): TargetHealth | undefined {
    return this.recorded(target)?.targets.get(target.offer.id);
  }

  /** What is known of a credential; nothing of one whose secret was replaced. */
  private recorded({ credential }: HealthKey): CredentialHealth | undefined {
    const record = this.credentials.get(credential.id);
    return record?.secret === credential.secret ? record : undefined;
  }

  private recordOf(target: HealthKey, now: number): CredentialHealth {
    const known = this.recorded(target);
    if (known) return known;
    if (this.credentials.size >= MAX_CREDENTIALS) this.makeRoom(now);
    const { id, secret } = target.credential;
    const record = { secret, restsUntil: now, targets: new Map<string, TargetHealth>() };
    this.credentials.set(id, record);
    return record;
  }

  /** Drops a record that holds nothing any more. */
  private tidy({ credential }: HealthKey, now: number): void {
    const record = this.credentials.get(credential.id);
    if (record?.targets.size === 0 && record.restsUntil <= now)
      this.credentials.delete(credential.id);
  }

  /** Credentials come and go; what was known of those that went must not pile up. */
  private makeRoom(now: number): void {
    for (const [id, { restsUntil, targets }] of this.credentials) {
      const isEjected = [...targets.values()].some((health) => health.standing(now) === 'ejected');
      if (!isEjected && restsUntil <= now) this.credentials.delete(id);
    }
  }
}
