import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import { ID_PREFIX } from '../../core/ids.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import { nextUlid } from '../../platform/ulid.adapter.js';
import { AdminChangeService, deletedView, type DeletedView } from '../../tenants/index.js';
import type { QuotaWindow } from '../quota/quota.js';
import { limitView } from './limit-view.js';
import {
  LIMIT_KINDS,
  type CreateLimitDto,
  type LimitKind,
  type LimitList,
  type LimitQueryDto,
  type LimitView,
  type UpdateLimitDto,
} from './limit.dto.js';
import { scopeIdOf } from './quota-place.js';
import { findQuota, findQuotaToChange, listQuotas, showQuota } from './quota-rows.js';

const WINDOWS: Readonly<Record<LimitKind, QuotaWindow>> = {
  requests_per_minute: 'minute',
  tokens_per_minute: 'minute',
  requests_per_day: 'day',
  concurrency: 'total',
};

const SOUGHT = { kinds: LIMIT_KINDS, what: 'limit' };

/** Limits of requests and tokens. Processes learn of a change from Postgres (`osm_quota`). */
@Injectable()
export class LimitsService {
  constructor(
    private readonly database: TenantDatabaseService,
    private readonly changes: AdminChangeService,
  ) {}

  /** @throws GatewayError invalid_parameter (cursor) */
  list(organizationId: string, query: LimitQueryDto): Promise<LimitList> {
    const { scope, scope_id: scopeId, kind = { in: [...LIMIT_KINDS] } } = query;
    return this.database.within(organizationId, (transaction) =>
      listQuotas(transaction, organizationId, { scope, scopeId, kind }, query, limitView),
    );
  }

  /** @throws GatewayError resource_not_found */
  get(organizationId: string, id: string): Promise<LimitView> {
    return this.database.within(organizationId, async (transaction) =>
      showQuota(transaction, await findQuota(transaction, organizationId, id, SOUGHT), limitView),
    );
  }

  /** @throws GatewayError invalid_parameter, resource_not_found (scope_id), resource_conflict (kind) */
  create(request: AdminRequest, organizationId: string, body: CreateLimitDto): Promise<LimitView> {
    const { scope, kind, amount: cap } = body;
    return this.changes.run(request, organizationId, async ({ transaction, record }) => {
      const scopeId = await scopeIdOf(transaction, request.actor, organizationId, body);
      await requireNone(transaction, { organizationId, scope, scopeId, kind });
      const id = ID_PREFIX.limit + nextUlid();
      const createdAt = new Date();
      const window = WINDOWS[kind];
      const row = await transaction.quota.create({
        data: { id, organizationId, scope, scopeId, kind, cap, window, createdAt },
      });
      const after = await showQuota(transaction, row, limitView);
      record({ action: 'limit.create', targetKind: 'limit', targetId: id, after });
      return after;
    });
  }

  /** @throws GatewayError resource_not_found, precondition_failed */
  update(
    request: AdminRequest,
    organizationId: string,
    id: string,
    { amount: cap }: UpdateLimitDto,
  ): Promise<LimitView> {
    return this.changes.run(request, organizationId, async ({ transaction, record }) => {
      const found = await findQuotaToChange(transaction, request, organizationId, id, SOUGHT);
      const before = await showQuota(transaction, found, limitView);
      const row = await transaction.quota.update({
        where: { id, organizationId },
        data: { cap, version: { increment: 1 } },
      });
      const after = await showQuota(transaction, row, limitView);
      record({ action: 'limit.update', targetKind: 'limit', targetId: id, before, after });
      return after;
    });
  }

  /** Its row stays: calls that run still refer to it. @throws GatewayError resource_not_found, precondition_failed */
  delete(request: AdminRequest, organizationId: string, id: string): Promise<DeletedView> {
    return this.changes.run(request, organizationId, async ({ transaction, record }) => {
      const found = await findQuotaToChange(transaction, request, organizationId, id, SOUGHT);
      const before = await showQuota(transaction, found, limitView);
      const data = { deletedAt: new Date(), version: { increment: 1 } };
      await transaction.quota.update({ where: { id, organizationId }, data });
      record({ action: 'limit.delete', targetKind: 'limit', targetId: id, before });
      return deletedView('limit', id);
    });
  }
}

/** Two limits of a kind on one thing would say two things. @throws GatewayError resource_conflict (kind) */
async function requireNone(
  transaction: Prisma.TransactionClient,
  place: { organizationId: string; scope: string; scopeId: string; kind: LimitKind },
): Promise<void> {
  const known = await transaction.quota.findFirst({ where: { ...place, deletedAt: null } });
  if (!known) return;
  throw new GatewayError('resource_conflict', {
    param: 'kind',
    message: `There is such a limit already: ${known.id}.`,
  });
}
