import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { createKey } from '../../src/tenants/keys/key-format.js';

export interface TestTenant {
  readonly organizationId: string;
  readonly apiKeyId: string;
  readonly apiKey: string;
}

export interface TenantOptions {
  /** Decimal USD. */
  readonly credit: string;
}

/** Makes a further organization with a wallet, a project and a key. */
export async function createTenant(
  database: pg.Pool,
  { credit }: TenantOptions,
): Promise<TestTenant> {
  const mark = randomUUID().replaceAll('-', '').slice(0, 26);
  const [organizationId, projectId, apiKeyId] = [`org_${mark}`, `prj_${mark}`, `key_${mark}`];
  const { key, hash, prefix } = createKey('osm_');
  await database.query('INSERT INTO organization (id, name) VALUES ($1, $2)', [
    organizationId,
    'Another organization',
  ]);
  await database.query('INSERT INTO project (id, organization_id, name) VALUES ($1, $2, $3)', [
    projectId,
    organizationId,
    'Another project',
  ]);
  await database.query(
    `INSERT INTO api_key (id, organization_id, project_id, name, hash, prefix)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [apiKeyId, organizationId, projectId, 'Another key', hash, prefix],
  );
  if (Number(credit) > 0) await grant(database, organizationId, credit);
  return { organizationId, apiKeyId, apiKey: key };
}

/** How far the wallet of a tenant may be overdrawn, decimal USD. */
export async function overdrawTenant(
  database: pg.Pool,
  { organizationId }: TestTenant,
  limit: string,
): Promise<void> {
  await database.query('UPDATE quota SET credit_limit = $2 WHERE id = $1', [
    `credit:${organizationId}`,
    limit,
  ]);
}

/** Gives the tenant another key of the same project. */
export async function addKey(database: pg.Pool, tenant: TestTenant): Promise<TestTenant> {
  const apiKeyId = `key_${randomUUID().replaceAll('-', '').slice(0, 26)}`;
  const { key, hash, prefix } = createKey('osm_');
  await database.query(
    `INSERT INTO api_key (id, organization_id, project_id, name, hash, prefix)
     SELECT $1, organization_id, project_id, name, $2, $3 FROM api_key WHERE id = $4`,
    [apiKeyId, hash, prefix, tenant.apiKeyId],
  );
  return { ...tenant, apiKeyId, apiKey: key };
}

/** Gives the tenant limits of this size: a budget of its organization, a rate and a concurrency of its key. */
export async function limitTenant(
  database: pg.Pool,
  { organizationId, apiKeyId }: TestTenant,
  cap: string,
): Promise<void> {
  const limits = [
    ['organization', organizationId, 'budget', 'month'],
    ['api_key', apiKeyId, 'requests_per_minute', 'minute'],
    ['api_key', apiKeyId, 'concurrency', 'total'],
  ] as const;
  for (const [scope, scopeId, kind, window] of limits) {
    await database.query(
      `INSERT INTO quota (id, organization_id, scope, scope_id, kind, cap, "window", time_zone)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'UTC')`,
      [`quo_${kind}_${apiKeyId}`, organizationId, scope, scopeId, kind, cap, window],
    );
  }
}

/** How many requests a minute the key of a tenant with limits may make. */
export async function setKeyRate(
  database: pg.Pool,
  { apiKeyId }: TestTenant,
  perMinute: number,
): Promise<void> {
  await database.query('UPDATE quota SET cap = $2 WHERE id = $1', [
    `quo_requests_per_minute_${apiKeyId}`,
    perMinute,
  ]);
}

async function grant(database: pg.Pool, organizationId: string, credit: string): Promise<void> {
  const lines = [
    { account: `wallet:${organizationId}`, amount: credit },
    { account: 'promotion', amount: `-${credit}` },
  ];
  await database.query(`SELECT commit_transaction($1, 'promotion', $2, 1, $2, now(), $3::jsonb)`, [
    `lt_promotion_${organizationId}_1`,
    organizationId,
    JSON.stringify(lines),
  ]);
}
