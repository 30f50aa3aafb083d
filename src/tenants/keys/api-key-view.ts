import type { ApiKey } from '../../generated/prisma/client.js';
import type { ApiKeyStatus, ApiKeyView } from './api-key.dto.js';

/** An API key as the API shows it. */
export function apiKeyView(row: ApiKey): ApiKeyView {
  return {
    object: 'api_key',
    id: row.id,
    organization_id: row.organizationId,
    project_id: row.projectId,
    member_id: row.memberId,
    parent_id: row.parentId,
    name: row.name,
    prefix: row.prefix,
    status: row.status as ApiKeyStatus,
    may_create_keys: row.mayCreateKeys,
    expires_at: row.expiresAt?.toISOString() ?? null,
    rotated_to_id: row.rotatedToId,
    created_at: row.createdAt.toISOString(),
    revoked_at: row.revokedAt?.toISOString() ?? null,
    version: row.version,
  };
}
