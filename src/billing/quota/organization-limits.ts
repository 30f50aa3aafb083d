import type { Principal } from '../../core/principal.js';
import { holdsFor, holdsForTags, type CallSubject, type Limit } from './limit.js';
import { QUOTA_KINDS } from './quota.js';

const NO_LIMITS: readonly Limit[] = [];

/** The limits of one organization, and for each key, once it was asked for, those that hold for its calls. */
export class OrganizationLimits {
  /** Money first, as in QUOTA_KINDS: of two of these that a call passes, the answer names the first. */
  readonly all: readonly Limit[];
  private readonly ofTags: readonly Limit[];
  private readonly known = new WeakMap<Principal, (readonly Limit[] | undefined)[]>();

  constructor(
    limits: readonly Limit[],
    /** When they were read, ms of the monotonic clock. */
    readonly readAt: number,
  ) {
    this.all = [...limits].sort((one, other) => orderOf(one) - orderOf(other));
    this.ofTags = this.all.filter(({ quota }) => quota.scope === 'tag');
  }

  /** Those that hold for a call. */
  of(subject: CallSubject): readonly Limit[] {
    const limits = this.ofPrincipal(subject);
    if (this.ofTags.length === 0) return limits;
    return limits.filter(({ quota }) => quota.scope !== 'tag' || holdsForTags(quota, subject.tags));
  }

  /** Those that hold for the calls of a key, tags aside. */
  private ofPrincipal(subject: CallSubject): readonly Limit[] {
    if (this.all.length === 0) return NO_LIMITS;
    const { principal, isFree, isCharged } = subject;
    const variant = (isFree ? 1 : 0) + (isCharged ? 2 : 0);
    const variants = this.known.get(principal) ?? [];
    const known = variants[variant];
    if (known) return known;
    const limits = this.all.filter(({ quota }) => holdsFor(quota, subject));
    variants[variant] = limits;
    this.known.set(principal, variants);
    return limits;
  }
}

function orderOf({ quota }: Limit): number {
  return QUOTA_KINDS.indexOf(quota.kind);
}
