import { Injectable } from '@nestjs/common';
import type { AdminActor, AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import type { Prisma } from '../../generated/prisma/client.js';
import type { PageQueryDto } from '../../platform/pagination/page-query.dto.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import { AdminChangeService } from './admin-change.service.js';
import type { AdminTokenList, CreateAdminTokenDto, NewAdminTokenView } from './admin-token.dto.js';
import { AdminTokenService, type TokenOwner } from './admin-token.service.js';
import { deletedView, type DeletedView } from './deleted.dto.js';

/** The member that a path names. */
export interface MemberPath {
  readonly organizationId: string;
  readonly memberId: string;
}

/** Tokens of an organization's members. */
@Injectable()
export class MemberTokenService {
  constructor(
    private readonly database: TenantDatabaseService,
    private readonly changes: AdminChangeService,
    private readonly tokens: AdminTokenService,
  ) {}

  /** @throws GatewayError role_not_allowed, resource_not_found, invalid_parameter (cursor) */
  list({ actor }: AdminRequest, path: MemberPath, query: PageQueryDto): Promise<AdminTokenList> {
    return this.database.within(path.organizationId, async (transaction) => {
      const owner = await ownerFor(transaction, actor, path);
      return this.tokens.list(transaction, owner, query);
    });
  }

  /** @throws GatewayError role_not_allowed, resource_not_found, invalid_parameter (expires_at) */
  create(
    request: AdminRequest,
    path: MemberPath,
    body: CreateAdminTokenDto,
  ): Promise<NewAdminTokenView> {
    return this.changes.run(request, path.organizationId, async (change) => {
      const owner = await ownerFor(change.transaction, request.actor, path);
      return this.tokens.create(change, owner, body);
    });
  }

  /** @throws GatewayError role_not_allowed, resource_not_found */
  revoke(request: AdminRequest, path: MemberPath, id: string): Promise<DeletedView> {
    return this.changes.run(request, path.organizationId, async (change) => {
      const owner = await ownerFor(change.transaction, request.actor, path);
      await this.tokens.revoke(change, await this.tokens.get(change.transaction, owner, id));
      return deletedView('admin_token', id);
    });
  }
}

/**
 * The member whose tokens are handled. Everybody may handle their own, owners and administrators those of others; but
 * with a token of an owner an administrator would be one, so those are for owners.
 */
async function ownerFor(
  transaction: Prisma.TransactionClient,
  actor: AdminActor,
  { organizationId, memberId }: MemberPath,
): Promise<TokenOwner> {
  const isOwn = actor.kind === 'member' && actor.memberId === memberId;
  if (!isOwn && !mayHandleOthers(actor)) throw new GatewayError('role_not_allowed');
  const member = await transaction.member.findFirst({
    where: { id: memberId, organizationId, status: 'active' },
  });
  if (!member)
    throw new GatewayError('resource_not_found', { message: 'There is no such member.' });
  const isAboveActor = actor.kind === 'member' && actor.role !== 'owner' && member.role === 'owner';
  if (!isOwn && isAboveActor) throw new GatewayError('role_not_allowed');
  return { organizationId, memberId };
}

function mayHandleOthers(actor: AdminActor): boolean {
  if (actor.kind === 'member') return actor.role === 'owner' || actor.role === 'admin';
  return actor.kind === 'operator';
}
