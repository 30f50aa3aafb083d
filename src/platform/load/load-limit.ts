/** Slow windows in a row from which on calls are turned away: one alone is a pause, not a load. */
const SLOW_WINDOWS = 2;
/** What is left of the calls that run after a slow window, and how fast the limit grows after a good one. */
const DECREASE = 0.8;
const INCREASE = 1.25;
/** Fewer calls load nobody: a process that is slow with them has another reason. */
const FLOOR = 32;
/** A limit has an effect where it changes the calls that end in a window by more than chance does, of at least so many. */
const EFFECT = 1.15;
const COUNTABLE = 100;

/**
 * How many calls may run at the same time, found by trying: while the process is slow the limit falls by a part, while
 * it is not the limit grows, until nobody reaches it; then there is none. Where many are turned away, that alone makes the
 * process slow, and each call longer: a limit by which fewer calls end is raised again, as long as that has more of them
 * end.
 */
export class LoadLimit {
  /** Calls that may run. */
  value = Infinity;
  private slowWindows = 0;
  private isRising = false;
  private endedBefore = 0;

  /** @param longestDelayMs from which on a window is slow */
  constructor(private readonly longestDelayMs: number) {}

  /**
   * A window has ended.
   * @param delayMs of the event loop, p99
   * @param peak most calls that ran in it
   * @param ended calls that ended in it
   */
  observe(delayMs: number, peak: number, ended: number): void {
    const before = this.endedBefore;
    this.endedBefore = ended;
    if (delayMs < this.longestDelayMs || peak < FLOOR) {
      this.slowWindows = 0;
      this.isRising = false;
      const grown = Math.ceil(this.value * INCREASE);
      this.value = grown > 2 * peak ? Infinity : grown;
      return;
    }
    this.slowWindows++;
    if (this.slowWindows < SLOW_WINDOWS) return;
    const wasLimited = this.value !== Infinity;
    this.isRising = wasLimited && (this.isRising ? isMore(ended, before) : isMore(before, ended));
    const step = this.isRising ? INCREASE : DECREASE;
    this.value = Math.max(FLOOR, Math.floor(Math.min(this.value, peak) * step));
  }
}

function isMore(more: number, less: number): boolean {
  return more >= COUNTABLE && more > less * EFFECT;
}
