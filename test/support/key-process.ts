import type { QueryConfig } from 'pg';
import { GatewayError } from '../../src/core/errors.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { NotificationService } from '../../src/platform/notification.service.js';
import { ApiKeyService } from '../../src/tenants/keys/api-key.service.js';
import { createKey, type NewKey } from '../../src/tenants/keys/key-format.js';
import { KeyExistenceService } from '../../src/tenants/keys/key-existence.service.js';
import { KeyInvalidationService } from '../../src/tenants/keys/key-invalidation.service.js';
import type { Rows } from './tenant.js';

/** As much of a gateway process as knows keys. */
export interface KeyProcess {
  readonly keys: ApiKeyService;
  readonly invalidation: KeyInvalidationService;
  /** How often a key was read. */
  reads: number;
  /** What happens between a reading and its answer. */
  onRead: () => Promise<void>;
  /** `ok`, or status and code of the refusal. */
  verdict(key: string | undefined): Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts one on a database.
 * @param singleLooks how many keys in a second it looks for one by one
 */
export async function startKeyProcess(
  databaseUrl: string,
  singleLooks = Infinity,
): Promise<KeyProcess> {
  const environment = Object.assign(new Environment(), { DATABASE_URL: databaseUrl });
  const database = new DatabaseService(environment);
  const notifications = new NotificationService(environment);
  const watched = {
    pool: {
      query: async (config: QueryConfig) => {
        process.reads++;
        const answer = await database.pool.query(config);
        await process.onRead();
        return answer;
      },
    },
  } as unknown as DatabaseService;
  const invalidation = new KeyInvalidationService(database, notifications);
  const existence = new KeyExistenceService(watched, singleLooks);
  const keys = new ApiKeyService(watched, notifications, invalidation, existence);
  const process: KeyProcess = {
    keys,
    invalidation,
    reads: 0,
    onRead: () => Promise.resolve(),
    verdict: (key) => verdictOf(() => keys.authenticate(key)),
    close: async () => {
      invalidation.beforeApplicationShutdown();
      await notifications.onApplicationShutdown();
      await database.onApplicationShutdown();
    },
  };
  await invalidation.onModuleInit();
  await keys.onModuleInit();
  return process;
}

/** `ok`, or status and code of the refusal. */
export async function verdictOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'ok';
  } catch (error) {
    if (error instanceof GatewayError) return `${error.status} ${error.code}`;
    throw error;
  }
}

export interface StoredKey extends NewKey {
  readonly id: string;
}

export interface KeyOptions {
  readonly status?: string;
  readonly expiresAt?: Date | null;
  readonly parentId?: string | null;
  readonly memberId?: string | null;
  readonly mayCreateKeys?: boolean;
}

/** Writes a key of a tenant of `makeTenant` into the database. */
export function insertKey(rows: Rows, tenant: string, more: KeyOptions = {}): Promise<StoredKey> {
  return insertKeyOf(rows, { id: `org_${tenant}`, projectId: `prj_${tenant}` }, more);
}

/** The same of any organization. */
export async function insertKeyOf(
  rows: Rows,
  { id: organizationId, projectId }: { readonly id: string; readonly projectId: string },
  more: KeyOptions = {},
): Promise<StoredKey> {
  const key = createKey('osm_');
  const id = `key_${key.prefix.slice(4)}`;
  await rows.query(
    `INSERT INTO api_key (id, organization_id, project_id, name, hash, prefix, status, expires_at,
       parent_id, member_id, may_create_keys)
     VALUES ($1, $2, $3, 'k', $4, $5, $6, $7, $8, $9, $10)`,
    [
      ...[id, organizationId, projectId, key.hash, key.prefix],
      ...[more.status ?? 'active', more.expiresAt ?? null, more.parentId ?? null],
      ...[more.memberId ?? null, more.mayCreateKeys ?? false],
    ],
  );
  return { ...key, id };
}
