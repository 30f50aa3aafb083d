import { Injectable } from '@nestjs/common';
import type { AdminActor, AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import { ID_PREFIX } from '../../core/ids.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { toList } from '../../platform/pagination/list.js';
import { cursorOfCreated, newestFirst } from '../../platform/pagination/newest-first.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import { nextUlid } from '../../platform/ulid.adapter.js';
import { AdminChangeService } from '../admin/admin-change.service.js';
import { deletedView, type DeletedView } from '../admin/deleted.dto.js';
import { requireVersion } from '../admin/version.js';
import { isPlaceOf, requirePlace, requireScope } from './rule-rights.js';
import { subjectOf } from './rule-subject.js';
import { ruleView } from './rule-view.js';
import type { CreateRuleDto, RuleList, RuleQueryDto, RuleView, UpdateRuleDto } from './rule.dto.js';

/** The rules of an organization. A change holds in every process before it is answered. */
@Injectable()
export class RulesService {
  constructor(
    private readonly database: TenantDatabaseService,
    private readonly changes: AdminChangeService,
  ) {}

  /** @throws GatewayError invalid_parameter (cursor, scope_id), resource_not_found */
  list({ actor }: AdminRequest, organizationId: string, query: RuleQueryDto): Promise<RuleList> {
    const { where, ...page } = newestFirst(query);
    return this.database.within(organizationId, async (transaction) => {
      if (actor.kind === 'api_key') await requireOwnKey(transaction, actor, organizationId, query);
      const { scope, scope_id: scopeId, kind } = query;
      const rows = await transaction.rule.findMany({
        where: { AND: [{ organizationId, scope, scopeId, kind }, where] },
        ...page,
      });
      return toList(rows, query.limit, ruleView, cursorOfCreated);
    });
  }

  /** @throws GatewayError resource_not_found */
  get({ actor }: AdminRequest, organizationId: string, id: string): Promise<RuleView> {
    return this.database.within(organizationId, (transaction) =>
      find(transaction, actor, organizationId, id),
    );
  }

  /** @throws GatewayError invalid_parameter, role_not_allowed, resource_not_found (scope_id) */
  create(request: AdminRequest, organizationId: string, body: CreateRuleDto): Promise<RuleView> {
    const { scope, scope_id: scopeId, effect, kind, note = null } = body;
    requireScope(request.actor, scope);
    const subject = subjectOf(kind, effect, body.subject);
    return this.changes.run(request, organizationId, async ({ transaction, record }) => {
      await requirePlace(transaction, request.actor, organizationId, { scope, scopeId });
      const id = ID_PREFIX.rule + nextUlid();
      const row = await transaction.rule.create({
        data: { id, organizationId, scope, scopeId, effect, kind, subject, note },
      });
      const after = ruleView(row);
      record({ action: 'rule.create', targetKind: 'rule', targetId: id, after });
      return after;
    });
  }

  /** @throws GatewayError invalid_parameter, role_not_allowed, resource_not_found, precondition_failed */
  update(
    request: AdminRequest,
    organizationId: string,
    id: string,
    { subject, note }: UpdateRuleDto,
  ): Promise<RuleView> {
    return this.changes.run(request, organizationId, async ({ transaction, record }) => {
      const before = await this.findToChange(transaction, request, organizationId, id);
      const data: Prisma.RuleUpdateInput = { version: { increment: 1 } };
      if (subject) data.subject = subjectOf(before.kind, before.effect, subject);
      if (note !== undefined) data.note = note;
      const row = await transaction.rule.update({ where: { id, organizationId }, data });
      const after = ruleView(row);
      record({ action: 'rule.update', targetKind: 'rule', targetId: id, before, after });
      return after;
    });
  }

  /** @throws GatewayError role_not_allowed, resource_not_found, precondition_failed */
  delete(request: AdminRequest, organizationId: string, id: string): Promise<DeletedView> {
    return this.changes.run(request, organizationId, async ({ transaction, record }) => {
      const before = await this.findToChange(transaction, request, organizationId, id);
      await transaction.rule.delete({ where: { id, organizationId } });
      record({ action: 'rule.delete', targetKind: 'rule', targetId: id, before });
      return deletedView('rule', id);
    });
  }

  private async findToChange(
    transaction: Prisma.TransactionClient,
    request: AdminRequest,
    organizationId: string,
    id: string,
  ): Promise<RuleView> {
    const rule = await find(transaction, request.actor, organizationId, id);
    requireScope(request.actor, rule.scope);
    requireVersion(request, rule.version);
    return rule;
  }
}

/** A key lists the rules of one key that it made. */
async function requireOwnKey(
  transaction: Prisma.TransactionClient,
  actor: AdminActor,
  organizationId: string,
  { scope_id: scopeId }: RuleQueryDto,
): Promise<void> {
  if (scopeId === undefined) {
    throw new GatewayError('invalid_parameter', {
      param: 'scope_id',
      message: 'scope_id must name a key that this key made.',
    });
  }
  await requirePlace(transaction, actor, organizationId, { scope: 'api_key', scopeId });
}

/** What an actor may not see is not there. */
async function find(
  transaction: Prisma.TransactionClient,
  actor: AdminActor,
  organizationId: string,
  id: string,
): Promise<RuleView> {
  const row = await transaction.rule.findFirst({ where: { id, organizationId } });
  const rule = row && ruleView(row);
  const isVisible =
    rule &&
    (actor.kind !== 'api_key' ||
      (await isPlaceOf(transaction, actor, organizationId, {
        scope: rule.scope,
        scopeId: rule.scope_id,
      })));
  if (isVisible) return rule;
  throw new GatewayError('resource_not_found', { message: 'There is no such rule.' });
}
