import type { AdminToken } from '../../generated/prisma/client.js';
import type { AdminTokenView } from './admin-token.dto.js';

/** An admin token as the API shows it. */
export function adminTokenView(row: AdminToken): AdminTokenView {
  return {
    object: 'admin_token',
    id: row.id,
    organization_id: row.organizationId,
    member_id: row.memberId,
    name: row.name,
    prefix: row.prefix,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt?.toISOString() ?? null,
  };
}
