import type { Quota } from '../../generated/prisma/client.js';
import type { LimitKind, LimitScope, LimitView } from './limit.dto.js';
import type { QuotaStanding } from './quota-standing.js';

/** A limit as the API shows it. */
export function limitView(row: Quota, { spent, leased, resetsAt }: QuotaStanding): LimitView {
  return {
    object: 'limit',
    id: row.id,
    organization_id: row.organizationId,
    scope: row.scope as LimitScope,
    scope_id: row.scope === 'free_models' ? null : row.scopeId,
    kind: row.kind as LimitKind,
    amount: row.cap.toNumber(),
    used: Number(spent),
    leased: Number(leased),
    resets_at: resetsAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
    version: row.version,
  };
}
