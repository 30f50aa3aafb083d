import type { Credential } from '../../core/target.js';

/** The credentials of one owner by provider, in the order in which they are tried. */
export type Credentials = ReadonlyMap<string, readonly Credential[]>;

interface Entry {
  readonly credentials: Credentials;
  /** Stale: changed since it was read. Due: it may have changed, and is read again beside the calls that use it. */
  state: 'fresh' | 'due' | 'stale';
  /** After a failed reading the next one waits until then, on the clock of `now`. */
  retryAt: number;
}

const NONE: readonly Credential[] = [];
const RETRY_MS = 1_000;

/**
 * Credentials in memory, by owner. What was read once stays usable while it cannot be read again; who asks for what
 * was never read gets the failure.
 */
export class CredentialCache {
  private readonly entries = new Map<string, Entry>();
  private readonly loading = new Map<string, Promise<void>>();

  /**
   * @param read all credentials of an owner
   * @param now milliseconds that only go up
   * @param capacity owners that are kept
   */
  constructor(
    private readonly read: (owner: string) => Promise<Credentials>,
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

  /** The credentials of an owner at a provider; none where `ready` was not awaited. */
  of(owner: string, providerId: string): readonly Credential[] {
    return this.entries.get(owner)?.credentials.get(providerId) ?? NONE;
  }

  /** What is known of an owner is out of date; the next call waits for the new. */
  changed(owner: string): void {
    const entry = this.entries.get(owner);
    if (entry) Object.assign(entry, { state: 'stale', retryAt: 0 });
    // A reading that runs may have seen the rows before the change.
    this.loading.delete(owner);
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
      (credentials) => {
        if (this.loading.get(owner) !== loading) return this.load(owner);
        this.loading.delete(owner);
        this.remember(owner, credentials);
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

  private remember(owner: string, credentials: Credentials): void {
    this.entries.delete(owner);
    this.entries.set(owner, { credentials, state: 'fresh', retryAt: 0 });
    if (this.entries.size <= this.capacity) return;
    const oldest = this.entries.keys().next();
    if (!oldest.done) this.entries.delete(oldest.value);
  }
}
