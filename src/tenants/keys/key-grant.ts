import { GatewayError } from '../../core/errors.js';

/** What a key is given when it is made or changed. */
export interface KeyGrant {
  readonly projectId: string;
  readonly memberId: string | null;
  readonly expiresAt: Date | null;
  readonly mayCreateKeys: boolean;
}

/** What a request asks for; undefined: it does not say. */
export type KeyWish = { readonly [Field in keyof KeyGrant]?: KeyGrant[Field] | undefined };

const FIELDS = {
  projectId: 'project_id',
  memberId: 'member_id',
  expiresAt: 'expires_at',
  mayCreateKeys: 'may_create_keys',
} as const satisfies Record<keyof KeyGrant, string>;

/**
 * Holds what a key would give to a key that it makes against what it has: its project, its member, no later end and no
 * right that it lacks. @throws GatewayError role_not_allowed naming the field
 */
export function requireWithin(wish: KeyWish, parent: KeyGrant): void {
  const isBeyond = {
    projectId: wish.projectId !== undefined && wish.projectId !== parent.projectId,
    memberId: wish.memberId !== undefined && wish.memberId !== parent.memberId,
    expiresAt: wish.expiresAt !== undefined && isLater(wish.expiresAt, parent.expiresAt),
    mayCreateKeys: wish.mayCreateKeys === true && !parent.mayCreateKeys,
  } satisfies Record<keyof KeyGrant, boolean>;
  for (const [field, param] of Object.entries(FIELDS)) {
    if (!isBeyond[field as keyof KeyGrant]) continue;
    throw new GatewayError('role_not_allowed', {
      param,
      message: `${param} goes beyond what the key itself has.`,
    });
  }
}

/** Whether one end comes after another; null is no end. */
export function isLater(end: Date | null, than: Date | null): boolean {
  if (than === null) return false;
  return end === null || end > than;
}
