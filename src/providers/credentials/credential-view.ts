import { isObject } from '../../core/json-object.js';
import type { ProviderCredential } from '../../generated/prisma/client.js';
import type { CredentialView } from './credential.dto.js';

/** Secrets from this length on are long enough for four characters of them to tell nothing. */
const TOO_SHORT_TO_SHOW = 12;
const HINT_LENGTH = 4;
/** Google shows it beside the key. */
const KEY_NAME = /"private_key_id":\s*"([0-9a-f]{12,})"/;

/** A credential as the API shows it: everything but the secret. */
export function credentialView(row: ProviderCredential): CredentialView {
  return {
    object: 'provider_credential',
    id: row.id,
    organization_id: row.organizationId,
    provider_id: row.providerId,
    name: row.name,
    status: row.status,
    priority: row.priority,
    base_url: row.baseUrl,
    origin: row.origin,
    settings: isObject(row.settings) ? row.settings : {},
    hint: row.hint,
    verified_at: row.verifiedAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
    version: row.version,
  };
}

/** What is shown of a secret, so that people can tell it from others: its end, or that of the name that a key file has. */
export function hintOf(secret: string): string {
  if (secret.startsWith('{')) return KEY_NAME.exec(secret)?.[1]?.slice(-HINT_LENGTH) ?? '';
  return secret.length < TOO_SHORT_TO_SHOW ? '' : secret.slice(-HINT_LENGTH);
}
