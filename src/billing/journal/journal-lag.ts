/** How finely the age of what waits is known, ms. */
const RESOLUTION_MS = 250;
const MAX_MARKS = 1_024;

/** Remembers when records were written, to tell how long the oldest unposted one has waited. */
export class JournalLag {
  private marks: { readonly sequence: number; readonly at: number }[] = [];

  /** How many marks are kept. */
  get size(): number {
    return this.marks.length;
  }

  /** Records up to this one were written at `at` (ms, monotonic). */
  wrote(sequence: number, at: number): void {
    const last = this.marks.at(-1);
    if (last && at - last.at < RESOLUTION_MS) return;
    // Where nobody reads the lag, nobody lets go of marks either: what is old is kept more coarsely.
    if (this.marks.length >= MAX_MARKS)
      this.marks = this.marks.filter((_, place) => place % 2 === 0);
    this.marks.push({ sequence, at });
  }

  /** Milliseconds that the oldest record behind `posted` has waited, where `written` is the newest record. */
  read(posted: number, written: number, now: number): number {
    if (posted >= written) {
      this.marks = [];
      return 0;
    }
    // A mark stands for the first record of its span: of those not behind `posted`, the newest still tells the age.
    while (this.marks[1] && this.marks[1].sequence <= posted) this.marks.shift();
    const [oldest] = this.marks;
    return oldest ? Math.max(0, now - oldest.at) : 0;
  }
}
