import { ROLES, type AdminActor, type Role } from '../../core/admin.js';

/** Who may use a route. */
export type RouteAccess =
  | { readonly access: 'public' }
  /** This machine, and who knows METRICS_TOKEN. */
  | { readonly access: 'metrics' }
  /** Calls of the API: an API key, checked by ApiKeyGuard. */
  | { readonly access: 'api_key' }
  /** A bootstrap token, and nobody else. */
  | { readonly access: 'bootstrap' }
  /** Whoever may use the admin API at all. */
  | { readonly access: 'actor' }
  /** Operators. */
  | { readonly access: 'platform' }
  | OrganizationAccess;

/** Operators, members of the organization that the path names with one of the roles, and maybe its API keys. */
export interface OrganizationAccess {
  readonly access: 'organization';
  readonly roles: readonly Role[];
  /** Also API keys that may make keys. */
  readonly keys?: true;
}

/** Groups of roles, as the routes need them. */
export const EVERY_ROLE = ROLES;
export const OWNERS = ['owner'] as const;
export const ADMINISTRATORS = ['owner', 'admin'] as const;
/** Who makes things with the API: projects' keys, and rules of keys. */
export const MAKERS = ['owner', 'admin', 'developer'] as const;
/** Who reads all but money. */
export const READERS = ['owner', 'admin', 'developer', 'viewer'] as const;
/** Who reads wallet, usage and reports. */
export const MONEY_READERS = ['owner', 'admin', 'billing', 'viewer'] as const;
/** Who sets budgets. */
export const TREASURERS = ['owner', 'admin', 'billing'] as const;
/** Of an organization; operators may all the same. */
export const NOBODY = [] as const;

export const PUBLIC: RouteAccess = { access: 'public' };
export const METRICS: RouteAccess = { access: 'metrics' };
export const API_KEY: RouteAccess = { access: 'api_key' };
export const BOOTSTRAP: RouteAccess = { access: 'bootstrap' };
export const ACTOR: RouteAccess = { access: 'actor' };
export const PLATFORM: RouteAccess = { access: 'platform' };

/** A route of an organization for members with one of these roles. */
export function members(roles: readonly Role[]): RouteAccess {
  return { access: 'organization', roles };
}

/** The same, and for API keys that may make keys. */
export function membersAndKeys(roles: readonly Role[]): RouteAccess {
  return { access: 'organization', roles, keys: true };
}

/** `hidden`: what the path names does not exist for this actor. */
export type Verdict = 'allowed' | 'forbidden' | 'hidden';

/** Whether an actor may use a route of the admin API; `organizationId` is the one that the path names. */
export function verdictOn(
  route: RouteAccess,
  actor: AdminActor,
  organizationId: string | undefined,
): Verdict {
  if (route.access === 'actor') return 'allowed';
  if (route.access === 'platform') return actor.kind === 'operator' ? 'allowed' : 'forbidden';
  if (route.access !== 'organization') return 'forbidden';
  if (actor.kind === 'operator') return 'allowed';
  if (actor.organizationId !== organizationId) return 'hidden';
  const isAllowed = actor.kind === 'member' ? route.roles.includes(actor.role) : route.keys;
  return isAllowed ? 'allowed' : 'forbidden';
}
