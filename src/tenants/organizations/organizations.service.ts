import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import { ID_PREFIX } from '../../core/ids.js';
import type { Organization, Prisma } from '../../generated/prisma/client.js';
import { toList } from '../../platform/pagination/list.js';
import { cursorOfCreated, newestFirst } from '../../platform/pagination/newest-first.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import { nextUlid } from '../../platform/ulid.adapter.js';
import { AdminChangeService, type AdminChange } from '../admin/admin-change.service.js';
import { AdminTokenService } from '../admin/admin-token.service.js';
import { requireVersion } from '../admin/version.js';
import { MemberRowsService } from '../members/member-rows.service.js';
import type { PersonDto } from '../members/member.dto.js';
import { requireFields } from './organization-rights.js';
import { organizationView } from './organization-view.js';
import type {
  CreateOrganizationDto,
  FirstOwnerView,
  NewOrganizationView,
  OrganizationList,
  OrganizationQueryDto,
  OrganizationView,
  UpdateOrganizationDto,
} from './organization.dto.js';

const FIRST_TOKEN = 'First token';

/** Organizations; their deletion is OrganizationDeletionService. */
@Injectable()
export class OrganizationsService {
  constructor(
    private readonly database: TenantDatabaseService,
    private readonly changes: AdminChangeService,
    private readonly members: MemberRowsService,
    private readonly tokens: AdminTokenService,
  ) {}

  /** @throws GatewayError invalid_parameter (cursor) */
  list(query: OrganizationQueryDto): Promise<OrganizationList> {
    const { where, ...page } = newestFirst(query);
    const status = query.status ?? { not: 'deleted' };
    return this.database.everywhere(async (transaction) => {
      const rows = await transaction.organization.findMany({
        where: { AND: [{ status }, where] },
        ...page,
      });
      return toList(rows, query.limit, organizationView, cursorOfCreated);
    });
  }

  /** @throws GatewayError resource_not_found */
  get(id: string): Promise<OrganizationView> {
    return this.database.within(id, async (transaction) =>
      organizationView(await findOrganization(transaction, id)),
    );
  }

  /** Makes an organization, and its owner with an admin token where one is named. */
  create(
    request: AdminRequest,
    { name, owner }: CreateOrganizationDto,
  ): Promise<NewOrganizationView> {
    const id = ID_PREFIX.organization + nextUlid();
    return this.changes.run(request, id, async (change) => {
      const row = await change.transaction.organization.create({ data: { id, name } });
      const after = organizationView(row);
      change.record({
        action: 'organization.create',
        targetKind: 'organization',
        targetId: id,
        after,
      });
      return Object.assign(organizationView(row), {
        owner: owner ? await this.addOwner(change, id, owner) : null,
      });
    });
  }

  /** @throws GatewayError role_not_allowed, resource_not_found, precondition_failed */
  update(
    request: AdminRequest,
    id: string,
    body: UpdateOrganizationDto,
  ): Promise<OrganizationView> {
    requireFields(request.actor, body);
    return this.changes.run(request, id, async ({ transaction, record }) => {
      const before = await findOrganization(transaction, id);
      requireVersion(request, before.version);
      const row = await transaction.organization.update({
        where: { id },
        data: {
          name: body.name,
          status: body.status,
          planMultiplier: body.plan_multiplier,
          retention: body.retention,
          bodyDays: body.body_days,
          logDays: body.log_days,
          version: { increment: 1 },
        },
      });
      const after = organizationView(row);
      record({
        action: 'organization.update',
        targetKind: 'organization',
        targetId: id,
        before: organizationView(before),
        after,
      });
      return after;
    });
  }

  private async addOwner(
    change: AdminChange,
    organizationId: string,
    owner: PersonDto,
  ): Promise<FirstOwnerView> {
    const member = await this.members.add(change, organizationId, {
      email: owner.email,
      name: owner.name,
      role: 'owner',
    });
    const token = { organizationId, memberId: member.id };
    return { member, admin_token: await this.tokens.create(change, token, { name: FIRST_TOKEN }) };
  }
}

/** An organization that was not deleted. @throws GatewayError resource_not_found */
export async function findOrganization(
  transaction: Prisma.TransactionClient,
  id: string,
): Promise<Organization> {
  const row = await transaction.organization.findFirst({
    where: { id, status: { not: 'deleted' } },
  });
  if (row) return row;
  throw new GatewayError('resource_not_found', { message: 'There is no such organization.' });
}
