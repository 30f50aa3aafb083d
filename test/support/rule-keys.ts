import { nextUlid } from '../../src/platform/ulid.adapter.js';
import { createKey } from '../../src/tenants/keys/key-format.js';
import type { TestOrganization } from './admin.js';
import type { Rows } from './tenant.js';

export interface TestKey {
  readonly id: string;
  readonly key: string;
}

export interface TestKeyOptions {
  readonly memberId?: string;
  readonly parentId?: string;
  readonly mayCreateKeys?: boolean;
}

/** A key of an organization's project, made behind the back of the API. */
export async function insertKeyOf(
  rows: Rows,
  { id: organizationId, projectId }: Pick<TestOrganization, 'id' | 'projectId'>,
  more: TestKeyOptions = {},
): Promise<TestKey> {
  const { key, hash, prefix } = createKey('osm_');
  const id = `key_${nextUlid()}`;
  await rows.query(
    `INSERT INTO api_key (id, organization_id, project_id, member_id, parent_id, may_create_keys, name, hash, prefix)
     VALUES ($1, $2, $3, $4, $5, $6, 'test', $7, $8)`,
    [
      ...[id, organizationId, projectId, more.memberId ?? null, more.parentId ?? null],
      ...[more.mayCreateKeys ?? false, hash, prefix],
    ],
  );
  return { id, key };
}
