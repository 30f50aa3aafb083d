import { parseMultiplier } from '../../core/money.js';
import type { Principal, ProjectMode, Retention } from '../../core/principal.js';
import type { StoredRule } from '../../core/rules/rule.js';
import { sharedRules } from '../rules/shared-rules.js';
import { standingOf, type KeyCircumstances, type KeyStanding } from './key-standing.js';

/** What Postgres gives of a key: the key with all that its use depends on. */
export interface KeyRow extends KeyCircumstances {
  readonly organization_id: string;
  readonly project_id: string;
  readonly member_id: string | null;
  readonly mode: ProjectMode;
  /** A decimal. */
  readonly plan_multiplier: string;
  readonly retention: Retention;
  /** Of the organization, and of the projects, members and keys of the chain; null: there are none. */
  readonly rules: readonly StoredRule[] | null;
}

/** Who a key belongs to, and whether it may be used. */
export interface KnownKey {
  readonly principal: Principal;
  readonly standing: KeyStanding;
  /** When it was read, on the monotonic clock, ms. */
  readonly readAt: number;
}

/** Reads a key by its SHA-256, with the chain of keys that made it. */
export const KEY_QUERY = {
  name: 'api-key',
  // Gives the connection up, so that a Postgres that hangs does not keep all of them.
  query_timeout: 5_000,
  text: `
    WITH RECURSIVE chain AS (
      SELECT id, parent_id, project_id, member_id, status, expires_at, may_create_keys, 1 AS place
      FROM api_key WHERE hash = $1
      UNION ALL
      SELECT made.id, made.parent_id, made.project_id, made.member_id, made.status, made.expires_at,
        made.may_create_keys, chain.place + 1
      FROM api_key made JOIN chain ON made.id = chain.parent_id
    )
    SELECT k.organization_id, k.project_id, k.member_id, o.status AS organization_status,
      p.status AS project_status, m.status AS member_status, p.mode, o.plan_multiplier::text, o.retention,
      (SELECT json_agg(json_build_object('id', id, 'status', status,
         'expires_at', floor(extract(epoch FROM expires_at) * 1000), 'may_create_keys', may_create_keys)
         ORDER BY place) FROM chain) AS chain,
      (SELECT json_agg(json_build_object('id', r.id, 'scope', r.scope, 'scopeId', r.scope_id,
         'effect', r.effect, 'kind', r.kind, 'subject', r.subject))
       FROM rule r
       WHERE r.organization_id = k.organization_id AND (r.scope, r.scope_id) IN (
         SELECT 'organization', k.organization_id
         UNION SELECT 'project', project_id FROM chain
         UNION SELECT 'member', member_id FROM chain
         UNION SELECT 'api_key', id FROM chain)) AS rules
    FROM api_key k
      JOIN organization o ON o.id = k.organization_id
      JOIN project p ON p.id = k.project_id
      LEFT JOIN member m ON m.id = k.member_id
    WHERE k.hash = $1`,
} as const;

/** A row as it is kept in memory. */
export function knownKey(row: KeyRow, readAt: number): KnownKey {
  const chain = row.chain.map(({ id }) => id);
  return {
    readAt,
    standing: standingOf(row),
    principal: {
      organizationId: row.organization_id,
      projectId: row.project_id,
      memberId: row.member_id,
      apiKeyId: chain[0] ?? '',
      keyChain: chain,
      mayCreateKeys: row.chain.every((link) => link.may_create_keys),
      projectMode: row.mode,
      planMultiplier: parseMultiplier(row.plan_multiplier),
      retention: row.retention,
      rules: sharedRules(row.rules ?? []),
    },
  };
}
