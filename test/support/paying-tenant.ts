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
