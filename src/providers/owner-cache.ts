interface Entry<Value> {
  readonly value: Value;
  /** Stale: changed since it was read. Due: it may have changed, and is read again beside the calls that use it. */
  state: 'fresh' | 'due' | 'stale';
  /** After a failed reading the next one waits until then, on the clock of `now`. */
  retryAt: number;
}

const RETRY_MS = 1_000;

/** So many owners are kept: with fewer places than owners that call, every call of a seldom one waits for Postgres. */
export const MAX_OWNERS = 50_000;
/**
 * A notification that was lost without a gap of its connection is made up for after so long. Each owner that calls is
 * read again as often.
 */
export const REFRESH_MS = 300_000;

/**
 * What owners have, in memory. What was read once stays usable while it cannot be read again; who asks for what
 * was never read gets the failure.
 */
export class OwnerCache<Value> {
  private readonly entries = new Map<string, Entry<Value>>();
  private readonly loading = new Map<string, Promise<void>>();

  /**
   * @param read what an owner has
   * @param now milliseconds that only go up
   * @param capacity owners that are kept
   */
  constructor(
    private readonly read: (owner: string) => Promise<Value>,
    private readonly now: () => number,
    private readonly capacity: number,
  ) {}

  /** Undefined where `of` can be asked at once. @throws (rejects) what `read` threw, for an owner never read */
  ready(owner: string): Promise<void> | undefined {
    const entry = this.entries.get(owner);
    if (entry?.state === 'fresh') return undefined;
    if (!entry) return this.load(owner);
    if (this.now() < entry.retryAt) return undefined;
    const loaded = this.load(owner).catch(() => void (entry.retryAt = this.now() + RETRY_MS));
    return entry.state === 'stale' ? loaded : undefined;
  }

  /** What an owner has; undefined where `ready` was not awaited. */
  of(owner: string): Value | undefined {
    return this.entries.get(owner)?.value;
  }

  /** What is known of an owner is out of date; the next call waits for the new. */
  changed(owner: string): void {
    const entry = this.entries.get(owner);
    if (entry) Object.assign(entry, { state: 'stale', retryAt: 0 });
    // A reading that runs may have seen the rows before the change.
    this.loading.delete(owner);
  }

  /** Something that all owners share is out of date. */
  allChanged(): void {
    for (const owner of this.entries.keys()) this.changed(owner);
    this.loading.clear();
  }

  /** Changes may have been missed: everything is read again, while calls go on with what is there. */
  suspect(): void {
    for (const entry of this.entries.values()) {
      if (entry.state === 'fresh') entry.state = 'due';
    }
  }

  private load(owner: string): Promise<void> {
    const running = this.loading.get(owner);
    if (running) return running;
    const loading: Promise<void> = this.read(owner).then(
      (value) => {
        if (this.loading.get(owner) !== loading) return this.load(owner);
        this.loading.delete(owner);
        this.remember(owner, value);
        return undefined;
      },
      (error: unknown) => {
        if (this.loading.get(owner) === loading) this.loading.delete(owner);
        throw error;
      },
    );
    this.loading.set(owner, loading);
    return loading;
  }

  private remember(owner: string, value: Value): void {
    this.entries.delete(owner);
    this.entries.set(owner, { value, state: 'fresh', retryAt: 0 });
    if (this.entries.size <= this.capacity) return;
    const oldest = this.entries.keys().next();
    if (!oldest.done) this.entries.delete(oldest.value);
  }
}
