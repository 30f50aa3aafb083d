import type { Credential } from '../../core/target.js';

/** What decides which of several credentials of one provider is tried first. */
export interface Ranked {
  readonly credential: Credential;
  readonly providerId: string;
  readonly priority: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** Credentials by provider: the lower priority first, of the same the older. */
export function byProvider(ranked: readonly Ranked[]): ReadonlyMap<string, readonly Credential[]> {
  const sorted = [...ranked].sort(inOrder);
  const lists = new Map<string, Credential[]>();
  for (const { providerId, credential } of sorted) {
    const list = lists.get(providerId);
    if (list) list.push(credential);
    else lists.set(providerId, [credential]);
  }
  return lists;
}

function inOrder(left: Ranked, right: Ranked): number {
  if (left.priority !== right.priority) return left.priority - right.priority;
  if (left.createdAt !== right.createdAt) return left.createdAt - right.createdAt;
  return left.credential.id < right.credential.id ? -1 : 1;
}
