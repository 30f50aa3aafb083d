/** Longer than the questions that are asked all the time are apart: whoever asks was stopped, or got no answer. */
const LONGEST_SILENCE_MS = 10_000;

/** Tells whether the database has been there without a break for long enough that its clocks can be believed. */
export class OutageWatch {
  private since: number | undefined;
  private last = -Infinity;

  /** @param restMs how long it must have been there */
  constructor(private readonly restMs: number) {}

  /** The database answered at `now` (ms, monotonic). */
  answered(now: number): void {
    if (this.since === undefined || now - this.last > LONGEST_SILENCE_MS) this.since = now;
    this.last = now;
  }

  /** It did not answer. */
  failed(): void {
    this.since = undefined;
  }

  isOver(now: number): boolean {
    return this.since !== undefined && now - this.since >= this.restMs;
  }
}
