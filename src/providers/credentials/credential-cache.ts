import type { Credential } from '../../core/target.js';
import { OwnerCache } from '../owner-cache.js';

/** The credentials of one owner by provider, in the order in which they are tried. */
export type Credentials = ReadonlyMap<string, readonly Credential[]>;

const NONE: readonly Credential[] = [];

/** Credentials in memory, by owner. */
export class CredentialCache {
  private readonly owners: OwnerCache<Credentials>;

  /** As OwnerCache. */
  constructor(read: (owner: string) => Promise<Credentials>, now: () => number, capacity: number) {
    this.owners = new OwnerCache(read, now, capacity);
  }

  /** Undefined where `of` can be asked at once. @throws (rejects) what `read` threw, for an owner never read */
  ready(owner: string): Promise<void> | undefined {
    return this.owners.ready(owner);
  }

  /** The credentials of an owner at a provider; none where `ready` was not awaited. */
  of(owner: string, providerId: string): readonly Credential[] {
    return this.owners.of(owner)?.get(providerId) ?? NONE;
  }

  /** What is known of an owner is out of date; the next call waits for the new. */
  changed(owner: string): void {
    this.owners.changed(owner);
  }

  /** Changes may have been missed: everything is read again, while calls go on with what is there. */
  suspect(): void {
    this.owners.suspect();
  }
}
