import { Injectable } from '@nestjs/common';
import type { AuditRun } from '../../generated/prisma/client.js';
import { toList } from '../../platform/pagination/list.js';
import { cursorOfCreated, newestFirst } from '../../platform/pagination/newest-first.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import type {
  AuditResultView,
  AuditRunList,
  AuditRunQueryDto,
  AuditRunView,
} from './audit-run.dto.js';

/** Reads what audits found. */
@Injectable()
export class AuditRunsService {
  constructor(private readonly database: TenantDatabaseService) {}

  /** @throws GatewayError invalid_parameter (cursor) */
  list(query: AuditRunQueryDto): Promise<AuditRunList> {
    const { where, ...page } = newestFirst(query);
    const scope = query.scope === undefined ? {} : { scope: query.scope };
    return this.database.everywhere(async (transaction) => {
      const rows = await transaction.auditRun.findMany({ where: { AND: [scope, where] }, ...page });
      return toList(rows, query.limit, auditRunView, cursorOfCreated);
    });
  }
}

function auditRunView(row: AuditRun): AuditRunView {
  // Written by LedgerAuditService in this form.
  const results = row.results as unknown as AuditResultView[];
  return {
    object: 'audit_run',
    id: row.id,
    scope: row.scope === 'full' ? 'full' : 'incremental',
    since: row.since?.toISOString() ?? null,
    violations: row.violations,
    failures: row.failures,
    results: results.filter(({ rows, error }) => rows > 0 || error !== null),
    created_at: row.createdAt.toISOString(),
  };
}
