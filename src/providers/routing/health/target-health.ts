/** Failures in a row that eject a target. */
const CONSECUTIVE_FAILURES = 5;
/** So many of the calls of a window eject it as well, where there were enough of them. */
const FAILING_SHARE = 0.5;
const LEAST_CALLS = 20;
const WINDOW_MS = 10_000;
/** The first ejection; the n-th in a row is n times as long, up to the longest. */
const BASE_EJECTION_MS = 15_000;
const LONGEST_EJECTION_MS = 300_000;
/** A probe that nobody heard of again makes room for the next one. */
const PROBE_MS = 15_000;

type Phase =
  | { readonly kind: 'serving' }
  | { readonly kind: 'ejected'; readonly until: number }
  /** The ejection is over; the next call tells whether the target works again. */
  | { readonly kind: 'probing'; readonly since: number };

const SERVING: Phase = { kind: 'serving' };

/** `probe`: one call may go there, after `claim`. */
export type Standing = 'serving' | 'ejected' | 'probe';

/**
 * How a target that has failed does since then: serving → ejected → one probe → serving or ejected for longer. Times
 * are milliseconds of one clock. What calls tell that were sent before an ejection changes nothing during it.
 * After Envoy's outlier detection (consecutive_5xx, base_ejection_time, success rate).
 */
export class TargetHealth {
  private phase: Phase;
  private failuresInARow = 0;
  private ejections = 0;
  private windowStart: number;
  /** The last failure, or the end of the last ejection. */
  private troubleAt: number;
  private windowCalls = 0;
  private windowFailures = 0;

  constructor(now: number) {
    this.phase = SERVING;
    this.windowStart = this.troubleAt = now;
  }

  standing(now: number): Standing {
    const { phase } = this;
    if (phase.kind === 'serving') return 'serving';
    if (phase.kind === 'ejected') return now < phase.until ? 'ejected' : 'probe';
    return now - phase.since < PROBE_MS ? 'ejected' : 'probe';
  }

  /** The caller is the probe: until its end is known others are kept away. */
  claim(now: number): void {
    this.phase = { kind: 'probing', since: now };
  }

  succeeded(now: number): void {
    if (this.phase.kind === 'serving') {
      this.failuresInARow = 0;
      this.count(now, 0);
    } else if (this.standing(now) === 'probe' || this.phase.kind === 'probing') {
      this.serve(now);
    }
  }

  /** How long the target is ejected, ms; undefined where this failure does not eject it. */
  failed(now: number): number | undefined {
    if (this.phase.kind === 'probing') return this.eject(now);
    if (this.phase.kind === 'ejected') return undefined;
    this.troubleAt = now;
    this.failuresInARow++;
    this.count(now, 1);
    return this.isOutlier() ? this.eject(now) : undefined;
  }

  /** The call told nothing of the target: the next one may be the probe. */
  toldNothing(now: number): void {
    if (this.phase.kind === 'probing') this.phase = { kind: 'ejected', until: now };
  }

  /** Nothing is left that a new target would not have as well. */
  isForgotten(now: number): boolean {
    if (this.phase.kind !== 'serving' || this.failuresInARow > 0) return false;
    const memory = this.ejections === 0 ? WINDOW_MS : LONGEST_EJECTION_MS;
    return now - this.troubleAt >= memory;
  }

  private isOutlier(): boolean {
    if (this.failuresInARow >= CONSECUTIVE_FAILURES) return true;
    return (
      this.windowCalls >= LEAST_CALLS && this.windowFailures > this.windowCalls * FAILING_SHARE
    );
  }

  private eject(now: number): number {
    this.ejections++;
    const length = Math.min(BASE_EJECTION_MS * this.ejections, LONGEST_EJECTION_MS);
    this.phase = { kind: 'ejected', until: now + length };
    return length;
  }

  private serve(now: number): void {
    this.phase = SERVING;
    this.troubleAt = now;
    this.failuresInARow = 0;
    this.restartWindow(now);
  }

  private count(now: number, failures: 0 | 1): void {
    if (now - this.windowStart >= WINDOW_MS) this.restartWindow(now);
    this.windowCalls++;
    this.windowFailures += failures;
  }

  private restartWindow(now: number): void {
    this.windowStart = now;
    this.windowCalls = 0;
    this.windowFailures = 0;
  }
}
