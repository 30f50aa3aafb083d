import type { Principal } from '../../core/principal.js';
import { PIECE } from './amount.js';
import type { QuotaKind, QuotaScope, QuotaWindow } from './quota.js';
import type { Slice } from './slice.js';

/** A quota that refuses calls, as admission needs to know it. */
export interface Quota {
  readonly id: string;
  readonly scope: QuotaScope;
  readonly scopeId: string;
  readonly kind: QuotaKind;
  readonly window: QuotaWindow;
  /** Of scope `tag`: its name, and its value; null: every value. */
  readonly tagName: string | null;
  readonly tagValue: string | null;
}

/** A quota and what this process has in hand of it. */
export interface Limit {
  readonly quota: Quota;
  readonly slice: Slice;
}

/** What decides which quotas hold for a call. */
export interface CallSubject {
  readonly principal: Principal;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether the model costs nothing. */
  readonly isFree: boolean;
  /** Whether the wallet pays: a credential of the platform's may serve the call. */
  readonly isCharged: boolean;
}

/** The most that a call can use. */
export interface CallNeeds {
  /** Of the wallet, pico-USD. */
  readonly credit: bigint;
  /** Of budgets, pico-USD: with the organization's own credential it costs budgets, but not the wallet. */
  readonly budget: bigint;
  /** Input and output tokens, in amounts of 10⁻¹². */
  readonly tokens: bigint;
}

/** Whether a quota holds for a call, tags aside. */
export function holdsFor({ kind, scope, scopeId }: Quota, subject: CallSubject): boolean {
  if (kind === 'credit' && !subject.isCharged) return false;
  const { principal } = subject;
  switch (scope) {
    case 'organization':
      return scopeId === principal.organizationId;
    case 'project':
      return scopeId === principal.projectId;
    case 'member':
      return scopeId === principal.memberId;
    case 'api_key':
      return principal.keyChain.includes(scopeId);
    case 'free_models':
      return subject.isFree;
    case 'tag':
      return true;
  }
}

/** Whether a quota of scope `tag` holds for a call with these tags. */
export function holdsForTags(
  { tagName, tagValue }: Quota,
  tags: Readonly<Record<string, string>>,
): boolean {
  if (tagName === null || !Object.hasOwn(tags, tagName)) return false;
  return tagValue === null || tags[tagName] === tagValue;
}

/** How much of a quota a call must have before it may go on. */
export function needOf({ kind }: Quota, needs: CallNeeds): bigint {
  switch (kind) {
    case 'credit':
      return needs.credit;
    case 'budget':
      return needs.budget;
    case 'tokens_per_minute':
      return needs.tokens;
    case 'requests_per_minute':
    case 'requests_per_day':
    case 'concurrency':
      return PIECE;
  }
}
