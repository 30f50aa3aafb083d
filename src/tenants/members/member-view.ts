import type { Role } from '../../core/admin.js';
import type { Member } from '../../generated/prisma/client.js';
import type { MemberStatus, MemberView } from './member.dto.js';

/** A member as the API shows it. */
export function memberView(row: Member): MemberView {
  return {
    object: 'member',
    id: row.id,
    organization_id: row.organizationId,
    email: row.email,
    name: row.name,
    role: row.role as Role,
    status: row.status as MemberStatus,
    created_at: row.createdAt.toISOString(),
    version: row.version,
  };
}
