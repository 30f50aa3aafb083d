import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import type { Member, Prisma } from '../../generated/prisma/client.js';
import { toList } from '../../platform/pagination/list.js';
import { cursorOfCreated, newestFirst } from '../../platform/pagination/newest-first.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import { AdminChangeService } from '../admin/admin-change.service.js';
import { deletedView, type DeletedView } from '../admin/deleted.dto.js';
import { requireVersion } from '../admin/version.js';
import { requireRoles } from './member-rights.js';
import { MemberRowsService } from './member-rows.service.js';
import { memberView } from './member-view.js';
import type {
  CreateMemberDto,
  MemberList,
  MemberQueryDto,
  MemberView,
  UpdateMemberDto,
} from './member.dto.js';

/** The people of an organization. */
@Injectable()
export class MembersService {
  constructor(
    private readonly database: TenantDatabaseService,
    private readonly changes: AdminChangeService,
    private readonly rows: MemberRowsService,
  ) {}

  /** @throws GatewayError invalid_parameter (cursor) */
  list(organizationId: string, query: MemberQueryDto): Promise<MemberList> {
    const { where, ...page } = newestFirst(query);
    const { role, status = 'active' } = query;
    return this.database.within(organizationId, async (transaction) => {
      const rows = await transaction.member.findMany({
        where: { AND: [{ organizationId, role, status }, where] },
        ...page,
      });
      return toList(rows, query.limit, memberView, cursorOfCreated);
    });
  }

  /** @throws GatewayError resource_not_found */
  get(organizationId: string, id: string): Promise<MemberView> {
    return this.database.within(organizationId, async (transaction) =>
      memberView(await this.rows.get(transaction, organizationId, id)),
    );
  }

  /** @throws GatewayError role_not_allowed (role), resource_conflict (email) */
  create(
    request: AdminRequest,
    organizationId: string,
    body: CreateMemberDto,
  ): Promise<MemberView> {
    requireRoles(request.actor, [body.role]);
    return this.changes.run(request, organizationId, (change) =>
      this.rows.add(change, organizationId, body),
    );
  }

  /** @throws GatewayError role_not_allowed, resource_not_found, resource_conflict, precondition_failed */
  update(
    request: AdminRequest,
    organizationId: string,
    id: string,
    { name, role }: UpdateMemberDto,
  ): Promise<MemberView> {
    return this.changes.run(request, organizationId, async ({ transaction, record }) => {
      const before = await this.findToChange(transaction, request, organizationId, id);
      if (role !== undefined) requireRoles(request.actor, [role]);
      if (role !== undefined && role !== 'owner')
        await this.rows.requireAnotherOwner(transaction, before);
      const row = await transaction.member.update({
        where: { id, organizationId },
        data: { name, role, version: { increment: 1 } },
      });
      const after = memberView(row);
      record({
        action: 'member.update',
        targetKind: 'member',
        targetId: id,
        before: memberView(before),
        after,
      });
      return after;
    });
  }

  /**
   * Removes a member with their admin tokens, and disables their keys.
   * @throws GatewayError role_not_allowed, resource_not_found, resource_conflict, precondition_failed
   */
  remove(request: AdminRequest, organizationId: string, id: string): Promise<DeletedView> {
    return this.changes.run(request, organizationId, async ({ transaction, record }) => {
      const before = await this.findToChange(transaction, request, organizationId, id);
      await this.rows.requireAnotherOwner(transaction, before);
      await shutOut(transaction, organizationId, id);
      const row = await transaction.member.update({
        where: { id, organizationId },
        data: { status: 'removed', version: { increment: 1 } },
      });
      record({
        action: 'member.delete',
        targetKind: 'member',
        targetId: id,
        before: memberView(before),
        after: memberView(row),
      });
      return deletedView('member', id);
    });
  }

  private async findToChange(
    transaction: Prisma.TransactionClient,
    request: AdminRequest,
    organizationId: string,
    id: string,
  ): Promise<Member> {
    const row = await this.rows.get(transaction, organizationId, id);
    requireRoles(request.actor, [row.role], 'member_id');
    requireVersion(request, row.version);
    if (row.status === 'active') return row;
    throw new GatewayError('resource_conflict', { message: 'The member was removed.' });
  }
}

async function shutOut(
  transaction: Prisma.TransactionClient,
  organizationId: string,
  memberId: string,
): Promise<void> {
  await transaction.adminToken.updateMany({
    where: { organizationId, memberId, revokedAt: null },
    data: { revokedAt: new Date() },
  });
  await transaction.apiKey.updateMany({
    where: { organizationId, memberId, status: 'active' },
    data: { status: 'disabled', version: { increment: 1 } },
  });
}
