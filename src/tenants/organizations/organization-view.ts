import type { Organization } from '../../generated/prisma/client.js';
import { decimalText } from '../../platform/decimal.js';
import type { OrganizationStatus, OrganizationView, Retention } from './organization.dto.js';

/** An organization as the API shows it. */
export function organizationView(row: Organization): OrganizationView {
  return {
    object: 'organization',
    id: row.id,
    name: row.name,
    status: row.status as OrganizationStatus,
    plan_multiplier: decimalText(row.planMultiplier),
    retention: row.retention as Retention,
    body_days: row.bodyDays,
    log_days: row.logDays,
    created_at: row.createdAt.toISOString(),
    deleted_at: row.deletedAt?.toISOString() ?? null,
    version: row.version,
  };
}
