import { Injectable } from '@nestjs/common';
import type { AdminActor, AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import type { ApiKey, Prisma } from '../../generated/prisma/client.js';
import { toList } from '../../platform/pagination/list.js';
import { cursorOfCreated, newestFirst } from '../../platform/pagination/newest-first.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import { futureMomentOf } from '../../platform/validation/moment.js';
import { AdminChangeService } from '../admin/admin-change.service.js';
import { deletedView, type DeletedView } from '../admin/deleted.dto.js';
import { requireVersion } from '../admin/version.js';
import { apiKeyView } from './api-key-view.js';
import type { ApiKeyList, ApiKeyQueryDto, ApiKeyView, UpdateApiKeyDto } from './api-key.dto.js';
import { isLater, requireWithin } from './key-grant.js';
import { KeyRowsService } from './key-rows.service.js';

/** The API keys of an organization, once they are made. */
@Injectable()
export class KeysService {
  constructor(
    private readonly database: TenantDatabaseService,
    private readonly changes: AdminChangeService,
    private readonly rows: KeyRowsService,
  ) {}

  /** @throws GatewayError invalid_parameter (cursor) */
  list(
    { actor }: AdminRequest,
    organizationId: string,
    query: ApiKeyQueryDto,
  ): Promise<ApiKeyList> {
    const { where, ...page } = newestFirst(query);
    const { project_id: projectId, member_id: memberId } = query;
    const status = query.status ?? { not: 'revoked' };
    const visible = this.rows.visibleTo(actor, organizationId);
    return this.database.within(organizationId, async (transaction) => {
      const rows = await transaction.apiKey.findMany({
        where: { AND: [visible, { projectId, memberId, status }, where] },
        ...page,
      });
      return toList(rows, query.limit, apiKeyView, cursorOfCreated);
    });
  }

  /** @throws GatewayError resource_not_found */
  get({ actor }: AdminRequest, organizationId: string, id: string): Promise<ApiKeyView> {
    return this.database.within(organizationId, async (transaction) =>
      apiKeyView(await this.rows.get(transaction, actor, organizationId, id)),
    );
  }

  /**
   * @throws GatewayError invalid_parameter (expires_at), role_not_allowed naming the field, resource_not_found,
   *   resource_conflict, precondition_failed
   */
  update(
    request: AdminRequest,
    organizationId: string,
    id: string,
    body: UpdateApiKeyDto,
  ): Promise<ApiKeyView> {
    const { expires_at, may_create_keys: mayCreateKeys, name, status } = body;
    const expiresAt =
      expires_at === null ? null : futureMomentOf('expires_at', expires_at, new Date());
    return this.changes.run(request, organizationId, async ({ transaction, record }) => {
      const before = await this.findToChange(transaction, request, organizationId, id);
      await requireGrantable(transaction, request.actor, organizationId, body, expiresAt);
      requireEndOfRotated(before, expiresAt);
      if (status === 'active') await requireMemberOf(transaction, before);
      const row = await transaction.apiKey.update({
        where: { id, organizationId },
        data: { name, status, expiresAt, mayCreateKeys, version: { increment: 1 } },
      });
      const after = apiKeyView(row);
      record({
        action: 'api_key.update',
        targetKind: 'api_key',
        targetId: id,
        before: apiKeyView(before),
        after,
      });
      return after;
    });
  }

  /** Ends a key for good. @throws GatewayError resource_not_found, resource_conflict, precondition_failed */
  revoke(request: AdminRequest, organizationId: string, id: string): Promise<DeletedView> {
    return this.changes.run(request, organizationId, async ({ transaction, record }) => {
      const before = await this.findToChange(transaction, request, organizationId, id);
      const row = await transaction.apiKey.update({
        where: { id, organizationId },
        data: { status: 'revoked', revokedAt: new Date(), version: { increment: 1 } },
      });
      record({
        action: 'api_key.revoke',
        targetKind: 'api_key',
        targetId: id,
        before: apiKeyView(before),
        after: apiKeyView(row),
      });
      return deletedView('api_key', id);
    });
  }

  private async findToChange(
    transaction: Prisma.TransactionClient,
    request: AdminRequest,
    organizationId: string,
    id: string,
  ): Promise<ApiKey> {
    const row = await this.rows.get(transaction, request.actor, organizationId, id);
    requireVersion(request, row.version);
    if (row.status !== 'revoked') return row;
    throw new GatewayError('resource_conflict', { message: 'The API key was revoked.' });
  }
}

/** A key gives the keys that it made no more than it has itself. */
async function requireGrantable(
  transaction: Prisma.TransactionClient,
  actor: AdminActor,
  organizationId: string,
  { may_create_keys: mayCreateKeys }: UpdateApiKeyDto,
  expiresAt: Date | null | undefined,
): Promise<void> {
  if (actor.kind !== 'api_key') return;
  const own = await transaction.apiKey.findFirstOrThrow({
    where: { id: actor.id, organizationId },
  });
  requireWithin({ expiresAt, mayCreateKeys }, own);
}

/** A key that was rotated may end sooner, but not later than was settled then. */
function requireEndOfRotated(key: ApiKey, expiresAt: Date | null | undefined): void {
  if (key.rotatedToId === null || expiresAt === undefined) return;
  if (!isLater(expiresAt, key.expiresAt)) return;
  throw new GatewayError('resource_conflict', {
    param: 'expires_at',
    message: `The API key was replaced by ${key.rotatedToId}; its end can only be brought forward.`,
  });
}

async function requireMemberOf(
  transaction: Prisma.TransactionClient,
  { memberId, organizationId }: ApiKey,
): Promise<void> {
  if (memberId === null) return;
  const member = await transaction.member.findFirst({
    where: { id: memberId, organizationId, status: 'active' },
  });
  if (member) return;
  throw new GatewayError('resource_conflict', {
    param: 'status',
    message: 'The member whose API key this is was removed.',
  });
}
