import path from 'node:path';
import pg from 'pg';
import { root } from '../../scripts/project.mjs';

/** Decimal USD in each wallet, and the limits of each key and organization: more than a run uses. */
const CREDIT = '1000';
const LIMIT = '1000000000';

const TENANTS = `
  WITH made AS (
    INSERT INTO organization (id, name) SELECT 'org_seldom_' || n, 'Organization ' || n FROM generate_series(1, $1::int) AS n
  ), projects AS (
    INSERT INTO project (id, organization_id, name)
    SELECT 'prj_seldom_' || n, 'org_seldom_' || n, 'Project' FROM generate_series(1, $1::int) AS n
  )
  INSERT INTO api_key (id, organization_id, project_id, name, hash, prefix)
  SELECT 'key_seldom_' || n, 'org_seldom_' || n, 'prj_seldom_' || n, 'Key', decode(hash, 'hex'), prefix
  FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS keys(hash, prefix, n)`;

const CREDITS = `
  SELECT count(commit_transaction('lt_promotion_seldom_' || n, 'promotion', 'seldom_' || n, 1, 'org_seldom_' || n, now(),
    jsonb_build_array(jsonb_build_object('account', 'wallet:org_seldom_' || n, 'amount', $2::text),
      jsonb_build_object('account', 'promotion', 'amount', '-' || $2))))
  FROM generate_series(1, $1::int) AS n`;

const LIMITS = `
  INSERT INTO quota (id, organization_id, scope, scope_id, kind, cap, "window", time_zone)
  SELECT 'quo_seldom_' || kind || n, 'org_seldom_' || n, scope,
    CASE scope WHEN 'api_key' THEN 'key_seldom_' || n ELSE 'org_seldom_' || n END, kind, $2, quota_window, 'UTC'
  FROM generate_series(1, $1::int) AS n, (VALUES
    ('organization', 'budget', 'month'),
    ('api_key', 'requests_per_minute', 'minute'),
    ('api_key', 'tokens_per_minute', 'minute'),
    ('api_key', 'concurrency', 'total')) AS limits(scope, kind, quota_window)`;

/**
 * Makes so many organizations, each with a project, a key, a wallet, a budget, and limits of every kind that no call
 * reaches.
 *
 * @returns {Promise<string[]>} their keys
 */
export async function fillOrganizations(ownerUrl, count) {
  const { createKey } = await import(path.join(root, 'dist/tenants/keys/key-format.js'));
  const keys = Array.from({ length: count }, () => createKey('osm_'));
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const hashes = keys.map(({ hash }) => Buffer.from(hash).toString('hex'));
    await client.query(TENANTS, [count, hashes, keys.map(({ prefix }) => prefix)]);
    await client.query(CREDITS, [count, CREDIT]);
    await client.query(LIMITS, [count, LIMIT]);
    await client.query('VACUUM (ANALYZE) organization, project, api_key, quota');
  } finally {
    await client.end();
  }
  return keys.map(({ key }) => key);
}
