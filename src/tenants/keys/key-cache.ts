import type { KnownKey } from './key-row.js';

/** Keys in memory by their hash in hex; the oldest makes room. */
export class KeyCache {
  private readonly keys = new Map<string, KnownKey>();
  private readonly byOrganization = new Map<string, Set<string>>();

  constructor(private readonly capacity: number) {}

  get(hash: string): KnownKey | undefined {
    return this.keys.get(hash);
  }

  remember(hash: string, key: KnownKey): void {
    this.forget(hash);
    const oldest = this.keys.keys().next();
    if (this.keys.size >= this.capacity && !oldest.done) this.forget(oldest.value);
    this.keys.set(hash, key);
    const { organizationId } = key.principal;
    const siblings = this.byOrganization.get(organizationId);
    if (siblings) siblings.add(hash);
    else this.byOrganization.set(organizationId, new Set([hash]));
  }

  forget(hash: string): void {
    const known = this.keys.get(hash);
    if (!known) return;
    this.keys.delete(hash);
    const { organizationId } = known.principal;
    const siblings = this.byOrganization.get(organizationId);
    siblings?.delete(hash);
    if (siblings?.size === 0) this.byOrganization.delete(organizationId);
  }

  /** Forgets every key of an organization. */
  forgetOrganization(organizationId: string): void {
    for (const hash of this.byOrganization.get(organizationId) ?? []) this.keys.delete(hash);
    this.byOrganization.delete(organizationId);
  }
}
