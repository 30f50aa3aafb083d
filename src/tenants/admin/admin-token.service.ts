import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { ID_PREFIX } from '../../core/ids.js';
import type { AdminToken, Prisma } from '../../generated/prisma/client.js';
import { toList, type Page } from '../../platform/pagination/list.js';
import { cursorOfCreated, newestFirst } from '../../platform/pagination/newest-first.js';
import type { PageQueryDto } from '../../platform/pagination/page-query.dto.js';
import { nextUlid } from '../../platform/ulid.adapter.js';
import { futureMomentOf } from '../../platform/validation/moment.js';
import { createKey } from '../keys/key-format.js';
import type { AdminChange } from './admin-change.service.js';
import { adminTokenView } from './admin-token-view.js';
import type { AdminTokenView, CreateAdminTokenDto, NewAdminTokenView } from './admin-token.dto.js';

/** Whose token it is: a member's, or with neither an operator's. */
export interface TokenOwner {
  readonly organizationId: string | null;
  readonly memberId: string | null;
}

export const OPERATOR: TokenOwner = { organizationId: null, memberId: null };

/** The rows of admin tokens; who may handle whose is known to those who call it. */
@Injectable()
export class AdminTokenService {
  /** The tokens of an owner that were not revoked, newest first. */
  async list(
    transaction: Prisma.TransactionClient,
    owner: TokenOwner,
    query: PageQueryDto,
  ): Promise<Page<AdminTokenView>> {
    const { where, ...page } = newestFirst(query);
    const rows = await transaction.adminToken.findMany({
      where: { AND: [{ ...owner, kind: 'lasting', revokedAt: null }, where] },
      ...page,
    });
    return toList(rows, query.limit, adminTokenView, cursorOfCreated);
  }

  /** Makes a token. @throws GatewayError invalid_parameter (expires_at) */
  async create(
    change: AdminChange,
    owner: TokenOwner,
    { name, expires_at }: CreateAdminTokenDto,
  ): Promise<NewAdminTokenView> {
    const expiresAt = futureMomentOf('expires_at', expires_at, new Date()) ?? null;
    const { key, hash, prefix } = createKey('osmadm_');
    const row = await change.transaction.adminToken.create({
      data: { id: ID_PREFIX.adminToken + nextUlid(), ...owner, name, hash, prefix, expiresAt },
    });
    const view = adminTokenView(row);
    change.record({
      action: 'admin_token.create',
      targetKind: view.object,
      targetId: view.id,
      after: view,
    });
    return Object.assign(adminTokenView(row), { token: key });
  }

  /** A token of an owner that was not revoked. @throws GatewayError resource_not_found */
  async get(
    transaction: Prisma.TransactionClient,
    owner: TokenOwner,
    id: string,
  ): Promise<AdminToken> {
    const row = await transaction.adminToken.findFirst({
      where: { id, ...owner, kind: 'lasting', revokedAt: null },
    });
    if (row) return row;
    throw new GatewayError('resource_not_found', { message: 'There is no such token.' });
  }

  /** Ends a token; it is refused from the end of the change on. */
  async revoke(change: AdminChange, row: AdminToken): Promise<void> {
    await change.transaction.adminToken.updateMany({
      where: { id: row.id, organizationId: row.organizationId },
      data: { revokedAt: new Date() },
    });
    const view = adminTokenView(row);
    change.record({
      action: 'admin_token.revoke',
      targetKind: view.object,
      targetId: view.id,
      before: view,
    });
  }

  /** How many operators' tokens work at a moment, the one of the environment apart. */
  operatorTokens(transaction: Prisma.TransactionClient, now: Date): Promise<number> {
    const works = { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
    return transaction.adminToken.count({
      where: { ...OPERATOR, kind: 'lasting', revokedAt: null, ...works },
    });
  }
}
