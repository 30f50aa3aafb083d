import { Injectable } from '@nestjs/common';
import type { AuditEntry, Prisma } from '../../generated/prisma/client.js';
import { decodeCursor, encodeCursor, noCursor } from '../../platform/pagination/cursor.js';
import { toList } from '../../platform/pagination/list.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import { momentOf, toMoment } from '../../platform/validation/moment.js';
import type {
  AuditEntryList,
  AuditEntryView,
  AuditQueryDto,
  PlatformAuditQueryDto,
} from './audit-query.dto.js';

/** Reads the audit log, newest first. */
@Injectable()
export class AuditLogService {
  constructor(private readonly database: TenantDatabaseService) {}

  /** Of one organization. @throws GatewayError invalid_parameter (cursor, since, until) */
  ofOrganization(organizationId: string, query: AuditQueryDto): Promise<AuditEntryList> {
    return this.database.within(organizationId, (transaction) =>
      page(transaction, { organizationId }, query),
    );
  }

  /** Of the platform and all organizations. @throws GatewayError invalid_parameter (cursor, since, until) */
  ofPlatform(query: PlatformAuditQueryDto): Promise<AuditEntryList> {
    const { organization_id: organizationId } = query;
    return this.database.everywhere((transaction) => page(transaction, { organizationId }, query));
  }
}

async function page(
  transaction: Prisma.TransactionClient,
  scope: Prisma.AuditEntryWhereInput,
  query: AuditQueryDto,
): Promise<AuditEntryList> {
  const filters = {
    actorId: query.actor_id,
    action: query.action,
    targetId: query.target_id,
    at: { gte: momentOf('since', query.since), lt: momentOf('until', query.until) },
  };
  const rows = await transaction.auditEntry.findMany({
    where: { AND: [scope, filters, after(query.cursor)] },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  return toList(rows, query.limit, auditEntryView, ({ at, id }) =>
    encodeCursor([at.toISOString(), id]),
  );
}

function after(cursor: string | undefined): Prisma.AuditEntryWhereInput {
  if (cursor === undefined) return {};
  const [time = '', id = ''] = decodeCursor(cursor, 2);
  const at = toMoment(time);
  if (!at) throw noCursor();
  return { OR: [{ at: { lt: at } }, { at, id: { lt: id } }] };
}

function auditEntryView(row: AuditEntry): AuditEntryView {
  return {
    object: 'audit_entry',
    id: row.id,
    organization_id: row.organizationId,
    actor_kind: row.actorKind,
    actor_id: row.actorId,
    action: row.action,
    target_kind: row.targetKind,
    target_id: row.targetId,
    before: row.before as Record<string, unknown> | null,
    after: row.after as Record<string, unknown> | null,
    address: row.address,
    request_id: row.requestId,
    at: row.at.toISOString(),
  };
}
