/** Something that has to be over by a time. */
export interface Deadline {
  /** On the monotonic clock, ms. */
  readonly due: number;
  readonly onDeadline: () => void;
}

/**
 * Deadlines that are all the same time away: they fall due in the order in which they came, so one timer watches over
 * thousands of them. A timer each would cost a call more than its admission.
 */
export class Deadlines {
  private readonly pending = new Set<Deadline>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly milliseconds: number) {}

  /** Calls `onDeadline` when the time is up, unless the deadline is met before. */
  begin(onDeadline: () => void): Deadline {
    const deadline = { due: performance.now() + this.milliseconds, onDeadline };
    this.pending.add(deadline);
    this.timer ??= this.wake(this.milliseconds);
    return deadline;
  }

  /** What the deadline was for is over. */
  met(deadline: Deadline): void {
    this.pending.delete(deadline);
  }

  private wake(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => this.expire(), Math.max(1, Math.ceil(milliseconds))).unref();
  }

  private expire(): void {
    this.timer = undefined;
    const now = performance.now();
    for (const deadline of this.pending) {
      if (deadline.due > now) {
        this.timer ??= this.wake(deadline.due - now);
        return;
      }
      this.pending.delete(deadline);
      deadline.onDeadline();
    }
  }
}
