import { Injectable } from '@nestjs/common';
import type { AdminActor, AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import type { ApiKey, Prisma } from '../../generated/prisma/client.js';
import { futureMomentOf } from '../../platform/validation/moment.js';
import { AdminChangeService } from '../admin/admin-change.service.js';
import { keyChain } from '../rules/key-chain.js';
import type { CreateApiKeyDto, NewApiKeyView } from './api-key.dto.js';
import { LONGEST_CHAIN } from './key-descent.js';
import { requireWithin, type KeyWish } from './key-grant.js';
import { KeyRowsService } from './key-rows.service.js';

/** Makes API keys: people those of any project, keys those of their own project and within their own rights. */
@Injectable()
export class KeyCreationService {
  constructor(
    private readonly changes: AdminChangeService,
    private readonly rows: KeyRowsService,
  ) {}

  /**
   * @throws GatewayError invalid_parameter (expires_at), role_not_allowed naming the field, resource_not_found
   *   (project_id, member_id), resource_conflict
   */
  create(
    request: AdminRequest,
    organizationId: string,
    body: CreateApiKeyDto,
  ): Promise<NewApiKeyView> {
    const wish = wishOf(body);
    return this.changes.run(request, organizationId, async ({ transaction, record }) => {
      const parent = await parentOf(transaction, request.actor, organizationId, wish);
      const grant = {
        projectId: body.project_id,
        memberId: wish.memberId ?? parent?.memberId ?? null,
        expiresAt: wish.expiresAt ?? parent?.expiresAt ?? null,
        mayCreateKeys: wish.mayCreateKeys ?? false,
      };
      await requireProject(transaction, organizationId, grant.projectId);
      await requireMember(transaction, organizationId, grant.memberId);
      const answer = await this.rows.create(transaction, {
        ...grant,
        organizationId,
        parentId: parent?.id ?? null,
        name: body.name,
      });
      const { key: _secret, ...after } = answer;
      record({ action: 'api_key.create', targetKind: 'api_key', targetId: after.id, after });
      return answer;
    });
  }
}

function wishOf(body: CreateApiKeyDto): KeyWish {
  return {
    projectId: body.project_id,
    memberId: body.member_id,
    expiresAt:
      body.expires_at === null ? null : futureMomentOf('expires_at', body.expires_at, new Date()),
    mayCreateKeys: body.may_create_keys,
  };
}

/** The key that makes a key; undefined where a person does. */
async function parentOf(
  transaction: Prisma.TransactionClient,
  actor: AdminActor,
  organizationId: string,
  wish: KeyWish,
): Promise<ApiKey | undefined> {
  if (actor.kind !== 'api_key') return undefined;
  const parent = await transaction.apiKey.findFirstOrThrow({
    where: { id: actor.id, organizationId },
  });
  requireWithin(wish, parent);
  const { length } = await keyChain(transaction, organizationId, parent.id);
  if (length < LONGEST_CHAIN) return parent;
  throw new GatewayError('resource_conflict', {
    message: `A key that stands at the end of a chain of ${LONGEST_CHAIN} keys makes no more.`,
  });
}

async function requireProject(
  transaction: Prisma.TransactionClient,
  organizationId: string,
  id: string,
): Promise<void> {
  const project = await transaction.project.findFirst({ where: { id, organizationId } });
  if (project?.status === 'active') return;
  throw project
    ? new GatewayError('resource_conflict', {
        param: 'project_id',
        message: 'The project is archived.',
      })
    : new GatewayError('resource_not_found', {
        param: 'project_id',
        message: 'There is no such project.',
      });
}

async function requireMember(
  transaction: Prisma.TransactionClient,
  organizationId: string,
  id: string | null,
): Promise<void> {
  if (id === null) return;
  const member = await transaction.member.findFirst({
    where: { id, organizationId, status: 'active' },
  });
  if (member) return;
  throw new GatewayError('resource_not_found', {
    param: 'member_id',
    message: 'There is no such member.',
  });
}
