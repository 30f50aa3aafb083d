import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import { ID_PREFIX } from '../../core/ids.js';
import type { ApiKey, Prisma } from '../../generated/prisma/client.js';
import { nextUlid } from '../../platform/ulid.adapter.js';
import { AdminChangeService, type AdminChange } from '../admin/admin-change.service.js';
import { requireVersion } from '../admin/version.js';
import { ruleView } from '../rules/rule-view.js';
import { apiKeyView } from './api-key-view.js';
import type { ApiKeyView, RotatedApiKeyView, RotateApiKeyDto } from './api-key.dto.js';
import { isLater } from './key-grant.js';
import { KeyRowsService } from './key-rows.service.js';

/** Replaces API keys. */
@Injectable()
export class KeyRotationService {
  constructor(
    private readonly changes: AdminChangeService,
    private readonly rows: KeyRowsService,
  ) {}

  /**
   * Makes a key that is like the old one, its rules with it; the old one ends after the overlap, at once where there is
   * none. Keys that the old one made end with it: whoever held the old key may have made them.
   * @throws GatewayError resource_not_found, resource_conflict, precondition_failed
   */
  rotate(
    request: AdminRequest,
    organizationId: string,
    id: string,
    { overlap_seconds: overlap }: RotateApiKeyDto,
  ): Promise<RotatedApiKeyView> {
    return this.changes.run(request, organizationId, async (change) => {
      const { transaction, record } = change;
      const now = new Date();
      const before = await this.rows.get(transaction, request.actor, organizationId, id);
      requireVersion(request, before.version);
      requireInUse(before, now);
      const answer = await this.rows.create(transaction, likeness(before));
      await copyRules(change, organizationId, before.id, answer.id);
      const end = endOf(before, now, overlap);
      const replaces = await replace(transaction, before, answer.id, end);
      record({
        action: 'api_key.rotate',
        targetKind: 'api_key',
        targetId: id,
        before: apiKeyView(before),
        after: replaces,
      });
      const { key: _secret, ...after } = answer;
      record({ action: 'api_key.create', targetKind: 'api_key', targetId: after.id, after });
      return Object.assign(answer, { replaces });
    });
  }
}

function requireInUse(key: ApiKey, now: Date): void {
  const isExpired = key.expiresAt !== null && key.expiresAt <= now;
  if (key.status === 'active' && !isExpired && key.rotatedToId === null) return;
  throw new GatewayError('resource_conflict', {
    message: key.rotatedToId
      ? `The API key was replaced by ${key.rotatedToId} already.`
      : 'Only an active API key can be rotated.',
  });
}

function likeness(key: ApiKey) {
  const { organizationId, projectId, memberId, parentId, name, expiresAt, mayCreateKeys } = key;
  return { organizationId, projectId, memberId, parentId, name, expiresAt, mayCreateKeys };
}

/** When the old key ends: never later than it would have. Null: now. */
function endOf(key: ApiKey, now: Date, overlapSeconds: number): Date | null {
  if (overlapSeconds === 0) return null;
  const end = new Date(now.getTime() + overlapSeconds * 1_000);
  return isLater(end, key.expiresAt) ? key.expiresAt : end;
}

/** An end that is now is a revocation, so that it hangs on nobody's clock. */
async function replace(
  transaction: Prisma.TransactionClient,
  { id, organizationId }: ApiKey,
  rotatedToId: string,
  end: Date | null,
): Promise<ApiKeyView> {
  const ending = end ? { expiresAt: end } : { status: 'revoked', revokedAt: new Date() };
  const row = await transaction.apiKey.update({
    where: { id, organizationId },
    data: { ...ending, rotatedToId, version: { increment: 1 } },
  });
  return apiKeyView(row);
}

async function copyRules(
  { transaction, record }: AdminChange,
  organizationId: string,
  from: string,
  to: string,
): Promise<void> {
  const rules = await transaction.rule.findMany({
    where: { organizationId, scope: 'api_key', scopeId: from },
    orderBy: { id: 'asc' },
  });
  for (const { effect, kind, subject, note } of rules) {
    const id = ID_PREFIX.rule + nextUlid();
    const row = await transaction.rule.create({
      data: {
        ...{ id, organizationId, scope: 'api_key', scopeId: to, effect, kind, note },
        subject: subject as Prisma.InputJsonValue,
      },
    });
    record({ action: 'rule.create', targetKind: 'rule', targetId: id, after: ruleView(row) });
  }
}
