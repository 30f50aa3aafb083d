import { GatewayError, type ErrorCode } from '../../core/errors.js';

/** What is stored of one key of a chain. */
export interface KeyLink {
  readonly id: string;
  /** active | disabled | revoked */
  readonly status: string;
  /** Milliseconds since the epoch; null: never. */
  readonly expires_at: number | null;
  readonly may_create_keys: boolean;
}

/** What the use of a key depends on. */
export interface KeyCircumstances {
  /** active | suspended | deleted */
  readonly organization_status: string;
  /** active | archived */
  readonly project_status: string;
  /** active | removed; null where the key is nobody's. */
  readonly member_status: string | null;
  /** The key itself first, then the key that made it, and so on. */
  readonly chain: readonly KeyLink[];
}

/** Whether a key may be used: what does not change by itself, and the moments at which that ends. */
export interface KeyStanding {
  readonly refusal: KeyRefusal | undefined;
  /** Milliseconds since the epoch, Infinity for never. */
  readonly expiresAt: number;
  /** When the first of the keys that made it expires. */
  readonly parentsExpireAt: number;
}

/** Why a key may not be used. What was taken away for good is not told apart from what never was. */
const REFUSALS = {
  unknown: [
    'invalid_api_key',
    'Incorrect API key provided. Keys start with "osm_" and are shown once, when they are made.',
  ],
  organization: ['key_disabled', 'The organization of this API key is suspended.'],
  project: ['key_disabled', 'The project of this API key is archived.'],
  member: ['key_disabled', 'The member whose API key this is was removed.'],
  disabled: ['key_disabled', 'This API key is disabled.'],
  parent: ['key_disabled', 'The key that made this API key is disabled, expired or revoked.'],
  expired: ['key_expired', 'This API key has expired.'],
} as const satisfies Record<string, readonly [ErrorCode, string]>;

export type KeyRefusal = keyof typeof REFUSALS;

/** Works out what a key's rows say. A key may do no more than any key that made it. */
export function standingOf(circumstances: KeyCircumstances): KeyStanding {
  const [key, ...parents] = circumstances.chain;
  return {
    refusal: refusalOf(circumstances),
    expiresAt: expiryOf(key),
    parentsExpireAt: Math.min(...parents.map(expiryOf)),
  };
}

/** Why a key of this standing may not be used at a moment (milliseconds since the epoch); undefined: it may. */
export function refusalAt(standing: KeyStanding, now: number): KeyRefusal | undefined {
  if (standing.refusal) return standing.refusal;
  if (standing.parentsExpireAt <= now) return 'parent';
  return standing.expiresAt <= now ? 'expired' : undefined;
}

/** A refusal as the client reads it: invalid_api_key, key_disabled or key_expired. */
export function refusalError(refusal: KeyRefusal): GatewayError {
  const [code, message] = REFUSALS[refusal];
  return new GatewayError(code, { message });
}

function refusalOf(circumstances: KeyCircumstances): KeyRefusal | undefined {
  const [key, ...parents] = circumstances.chain;
  const { organization_status, project_status, member_status } = circumstances;
  if (!key || key.status === 'revoked' || organization_status === 'deleted') return 'unknown';
  if (organization_status !== 'active') return 'organization';
  if (project_status !== 'active') return 'project';
  if (member_status !== null && member_status !== 'active') return 'member';
  if (key.status !== 'active') return 'disabled';
  return parents.every(({ status }) => status === 'active') ? undefined : 'parent';
}

function expiryOf(link: KeyLink | undefined): number {
  return link?.expires_at ?? Infinity;
}
