import { readEnvironment } from '../../src/platform/read-environment.js';
import { SecretBoxService } from '../../src/platform/secrets/secret-box.service.js';
import { nextUlid } from '../../src/platform/ulid.adapter.js';
import type { Rows } from './tenant.js';

/** A secret box with these key-encryption keys and no other settings. */
export function secretBox(keys: string): SecretBoxService {
  const url = 'postgres://nobody@127.0.0.1/none';
  return new SecretBoxService(
    readEnvironment({ DATABASE_URL: url, NODE_ENV: 'test', KEY_ENCRYPTION_KEYS: keys }),
  );
}

/** What a test says about a credential that it puts into the table itself. */
export interface CredentialRow {
  /** Null: the platform's. */
  readonly organizationId: string | null;
  readonly providerId: string;
  readonly secret: string;
  readonly baseUrl: string;
  readonly priority?: number;
}

/** Puts a credential into the table behind the back of the API; gives its id. */
export async function insertCredential(
  rows: Rows,
  box: SecretBoxService,
  { organizationId, providerId, secret, baseUrl, priority = 0 }: CredentialRow,
): Promise<string> {
  const id = `crd_${nextUlid()}`;
  const { origin } = new URL(baseUrl);
  const sealed = box.seal(secret, ['provider_credential', id, organizationId ?? '', origin]);
  await rows.query(
    `INSERT INTO provider_credential
       (id, organization_id, provider_id, name, priority, base_url, origin, hint, key_id, wrapped_key, ciphertext)
     VALUES ($1, $2, $3, 'test', $4, $5, $6, '', $7, $8, $9)`,
    [
      ...[id, organizationId, providerId, priority, baseUrl, origin],
      ...[sealed.keyId, Buffer.from(sealed.wrappedKey), Buffer.from(sealed.ciphertext)],
    ],
  );
  return id;
}
