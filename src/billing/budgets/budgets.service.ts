import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { ID_PREFIX } from '../../core/ids.js';
import type { Prisma, Quota } from '../../generated/prisma/client.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import { nextUlid } from '../../platform/ulid.adapter.js';
import { AdminChangeService, deletedView, type DeletedView } from '../../tenants/index.js';
import { scopeIdOf } from '../limits/quota-place.js';
import { findQuota, findQuotaToChange, listQuotas, showQuota } from '../limits/quota-rows.js';
import { anchorOf, requireAnchorFor, requireTimeZone, tagOf } from './budget-terms.js';
import { budgetView } from './budget-view.js';
import type {
  BudgetList,
  BudgetPeriod,
  BudgetQueryDto,
  BudgetView,
  CreateBudgetDto,
  UpdateBudgetDto,
} from './budget.dto.js';

const SOUGHT = { kinds: ['budget'], what: 'budget' };

/** Budgets. Processes learn of a change from Postgres (`osm_quota`). */
@Injectable()
export class BudgetsService {
  constructor(
    private readonly database: TenantDatabaseService,
    private readonly changes: AdminChangeService,
  ) {}

  /** @throws GatewayError invalid_parameter (cursor) */
  list(organizationId: string, query: BudgetQueryDto): Promise<BudgetList> {
    const filter = { kind: 'budget', scope: query.scope, scopeId: query.scope_id };
    return this.database.within(organizationId, (transaction) =>
      listQuotas(transaction, organizationId, filter, query, budgetView),
    );
  }

  /** @throws GatewayError resource_not_found */
  get(organizationId: string, id: string): Promise<BudgetView> {
    return this.database.within(organizationId, async (transaction) =>
      showQuota(transaction, await findQuota(transaction, organizationId, id, SOUGHT), budgetView),
    );
  }

  /** @throws GatewayError invalid_parameter, resource_not_found (scope_id) */
  create(
    request: AdminRequest,
    organizationId: string,
    body: CreateBudgetDto,
  ): Promise<BudgetView> {
    const terms = {
      ...tagOf(body),
      kind: 'budget',
      scope: body.scope,
      cap: body.amount,
      enforcement: body.enforcement,
      window: body.period,
      timeZone: body.time_zone,
      anchor: anchorOf(body.period, body.anchor),
    };
    return this.changes.run(request, organizationId, async ({ transaction, record }) => {
      await requireTimeZone(transaction, body.time_zone);
      const scopeId = await scopeIdOf(transaction, request.actor, organizationId, body);
      const id = ID_PREFIX.budget + nextUlid();
      const row = await transaction.quota.create({
        data: { ...terms, id, organizationId, scopeId, createdAt: new Date() },
      });
      const after = await showQuota(transaction, row, budgetView);
      record({ action: 'budget.create', targetKind: 'budget', targetId: id, after });
      return after;
    });
  }

  /** @throws GatewayError invalid_parameter, resource_not_found, precondition_failed */
  update(
    request: AdminRequest,
    organizationId: string,
    id: string,
    body: UpdateBudgetDto,
  ): Promise<BudgetView> {
    return this.changes.run(request, organizationId, async ({ transaction, record }) => {
      const found = await findQuotaToChange(transaction, request, organizationId, id, SOUGHT);
      await requireTimeZone(transaction, body.time_zone);
      const data = changesOf(found, body);
      const before = await showQuota(transaction, found, budgetView);
      const row = await transaction.quota.update({ where: { id, organizationId }, data });
      const after = await showQuota(transaction, row, budgetView);
      record({ action: 'budget.update', targetKind: 'budget', targetId: id, before, after });
      return after;
    });
  }

  /** Its row stays: calls that run still refer to it. @throws GatewayError resource_not_found, precondition_failed */
  delete(request: AdminRequest, organizationId: string, id: string): Promise<DeletedView> {
    return this.changes.run(request, organizationId, async ({ transaction, record }) => {
      const found = await findQuotaToChange(transaction, request, organizationId, id, SOUGHT);
      const before = await showQuota(transaction, found, budgetView);
      const data = { deletedAt: new Date(), version: { increment: 1 } };
      await transaction.quota.update({ where: { id, organizationId }, data });
      record({ action: 'budget.delete', targetKind: 'budget', targetId: id, before });
      return deletedView('budget', id);
    });
  }
}

/** What is not named is not touched: a window that is set anew is counted anew. */
function changesOf(found: Quota, body: UpdateBudgetDto): Prisma.QuotaUpdateInput {
  const period = body.period ?? (found.window as BudgetPeriod);
  const data: Prisma.QuotaUpdateInput = { version: { increment: 1 } };
  if (body.anchor === undefined) requireAnchorFor(period, found.anchor);
  else data.anchor = anchorOf(period, body.anchor);
  if (body.period !== undefined) data.window = body.period;
  if (body.time_zone !== undefined) data.timeZone = body.time_zone;
  if (body.amount !== undefined) data.cap = body.amount;
  if (body.enforcement !== undefined) data.enforcement = body.enforcement;
  return data;
}
