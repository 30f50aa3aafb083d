const MOST = 300;
const FEWEST = 25;
/** A statement that took longer than this took long for the calls behind it, ms. */
const SLOW_MS = 400;

/**
 * How many calls one statement is for. Fewer where Postgres is slow, so that a burst is admitted in parts, each of which
 * is answered while its calls still wait.
 */
export class LeaseBatch {
  size = MOST;

  /** A statement was answered after so long, ms, all its tries together. */
  answered(milliseconds: number): void {
    if (milliseconds > SLOW_MS) this.size = Math.max(FEWEST, Math.floor(this.size / 2));
    else if (milliseconds < SLOW_MS / 2) this.size = Math.min(MOST, this.size * 2);
  }
}
