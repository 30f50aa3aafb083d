/** Something that has to be over by a time. */
export interface Deadline {
  /** On the monotonic clock, ms. */
  readonly due: number;
  readonly onDeadline: () => void;
}

/** A deadline in the list of those that are pending. */
interface Pending extends Deadline {
  before: Pending | undefined;
  behind: Pending | undefined;
  isPending: boolean;
}

/**
 * Deadlines that are all the same time away: they fall due in the order in which they came, so one timer watches over
 * thousands of them. A timer each would cost a call more than its admission.
 *
 * They are a list whose links are cut when one is met: a Set that is written to all the time leaves old tables behind
 * that point to their successors, and what is in those outlives many collections of garbage.
 */
export class Deadlines {
  private first: Pending | undefined;
  private last: Pending | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly milliseconds: number) {}

  /** Calls `onDeadline` when the time is up, unless the deadline is met before. */
  begin(onDeadline: () => void): Deadline {
    const due = performance.now() + this.milliseconds;
    const before = this.last;
    const deadline: Pending = { due, onDeadline, before, behind: undefined, isPending: true };
    if (before) before.behind = deadline;
    else this.first = deadline;
    this.last = deadline;
    this.timer ??= this.wake(this.milliseconds);
    return deadline;
  }

  /** What the deadline was for is over. */
  met(deadline: Deadline): void {
    const pending = deadline as Pending;
    if (!pending.isPending) return;
    pending.isPending = false;
    const { before, behind } = pending;
    if (before) before.behind = behind;
    else this.first = behind;
    if (behind) behind.before = before;
    else this.last = before;
    pending.before = undefined;
    pending.behind = undefined;
  }

  private wake(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => this.expire(), Math.max(1, Math.ceil(milliseconds))).unref();
  }

  private expire(): void {
    const now = performance.now();
    try {
      for (let deadline = this.first; deadline && deadline.due <= now; deadline = this.first) {
        this.met(deadline);
        deadline.onDeadline();
      }
    } finally {
      // Only now: one that began meanwhile is not the next to fall due.
      this.timer = this.first && this.wake(this.first.due - now);
    }
  }
}
