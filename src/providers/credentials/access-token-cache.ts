/** A token that a provider's own server gave for a credential. */
export interface AccessToken {
  readonly value: string;
  /** Counted from the moment at which it was asked for. */
  readonly lifetimeMs: number;
}

interface Held {
  readonly value: string;
  readonly obtainedAt: number;
  readonly renewAt: number;
  readonly endsAt: number;
}

interface Entry {
  held?: Held | undefined;
  fetching?: Promise<string> | undefined;
  failure?: { readonly error: Error; readonly until: number } | undefined;
}

/** What is left of a token's life when the next one is asked for. */
const RENEWAL_MS = 300_000;
/** After a failure the server is left alone for so long. */
const RETRY_MS = 1_000;
/** A token younger than this is not to blame for a refusal. */
const MIN_AGE_MS = 60_000;

/** Access tokens in memory, by credential. A new one is fetched beside the calls that still use the old one. */
export class AccessTokenCache {
  private readonly entries = new Map<string, Entry>();

  /**
   * @param obtain a new token for a key
   * @param now milliseconds that only go up
   * @param capacity keys whose tokens are kept
   */
  constructor(
    private readonly obtain: (key: string) => Promise<AccessToken>,
    private readonly now: () => number,
    private readonly capacity: number,
  ) {}

  /** A token that is valid: at once where one is in hand. @throws (rejects) what `obtain` threw */
  of(key: string): string | Promise<string> {
    const entry = this.entryOf(key);
    const { held, failure } = entry;
    const now = this.now();
    if (held && now < held.renewAt) return held.value;
    const usable = held && now < held.endsAt ? held.value : undefined;
    if (failure && now < failure.until) return usable ?? Promise.reject(failure.error);
    const fetching = (entry.fetching ??= this.load(key, entry));
    if (usable === undefined) return fetching;
    // Whoever asks after the end of the old one is told why there is none.
    fetching.catch(() => undefined);
    return usable;
  }

  /** The provider did not accept the token: the next call gets another one. */
  refused(key: string): void {
    const entry = this.entries.get(key);
    if (entry?.held && this.now() - entry.held.obtainedAt >= MIN_AGE_MS) entry.held = undefined;
  }

  private entryOf(key: string): Entry {
    const known = this.entries.get(key);
    if (known) return known;
    const entry: Entry = {};
    this.entries.set(key, entry);
    const oldest = this.entries.keys().next();
    if (this.entries.size > this.capacity && !oldest.done) this.entries.delete(oldest.value);
    return entry;
  }

  private async load(key: string, entry: Entry): Promise<string> {
    const askedAt = this.now();
    try {
      const { value, lifetimeMs } = await this.obtain(key);
      const endsAt = askedAt + lifetimeMs;
      const renewAt = Math.max(endsAt - RENEWAL_MS, askedAt + lifetimeMs / 2);
      Object.assign(entry, { held: { value, obtainedAt: askedAt, renewAt, endsAt } });
      entry.failure = undefined;
      return value;
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      entry.failure = { error: reason, until: this.now() + RETRY_MS };
      throw error;
    } finally {
      entry.fetching = undefined;
    }
  }
}
