/** Counts events by name in fixed windows of time, for at most `capacity` names: the longest known one makes room. */
export class FailureCounter {
  private readonly windows = new Map<string, { readonly endsAt: number; count: number }>();

  constructor(
    private readonly windowMs: number,
    private readonly capacity: number,
  ) {}

  /** Counts one more at the time `now`, in milliseconds; gives how many there are and when their window ends. */
  add(name: string, now: number): { readonly count: number; readonly endsAt: number } {
    const window = this.windows.get(name);
    if (window && window.endsAt > now) {
      window.count++;
      return window;
    }
    this.windows.delete(name);
    this.makeRoom();
    const fresh = { endsAt: now + this.windowMs, count: 1 };
    this.windows.set(name, fresh);
    return fresh;
  }

  /** How many names are held. */
  get size(): number {
    return this.windows.size;
  }

  private makeRoom(): void {
    if (this.windows.size < this.capacity) return;
    const oldest = this.windows.keys().next();
    if (!oldest.done) this.windows.delete(oldest.value);
  }
}
