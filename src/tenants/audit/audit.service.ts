import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { ID_PREFIX } from '../../core/ids.js';
import { Prisma } from '../../generated/prisma/client.js';
import { nextUlid } from '../../platform/ulid.adapter.js';
import { auditValue } from './audit-value.js';

/** What was done, to what. */
export interface AuditRecord {
  /** For example `api_key.create`. */
  readonly action: string;
  /** The `object` of what was changed. */
  readonly targetKind: string;
  readonly targetId: string;
  readonly before?: object;
  readonly after?: object;
}

/** Who did it, and from where; a request to the admin API has all of it. */
export interface AuditOrigin {
  readonly actor: { readonly kind: string; readonly id: string };
  readonly requestId: string;
  readonly address: string | null;
}

/** What was done without a request: by the gateway itself, at its start for example. */
export function systemOrigin(process: string): AuditOrigin {
  return { actor: { kind: 'system', id: process }, requestId: process, address: null };
}

/** Writes the audit log. The database refuses to change or delete its entries. */
@Injectable()
export class AuditService {
  /** Adds entries, in the transaction of the changes that they tell of. `organizationId` null: the platform's own. */
  async append(
    transaction: Prisma.TransactionClient,
    origin: AuditOrigin | AdminRequest,
    organizationId: string | null,
    records: readonly AuditRecord[],
  ): Promise<void> {
    if (records.length === 0) return;
    const at = new Date();
    await transaction.auditEntry.createMany({
      data: records.map(({ before, after, ...record }) => ({
        ...record,
        id: ID_PREFIX.auditEntry + nextUlid(),
        organizationId,
        actorKind: origin.actor.kind,
        actorId: origin.actor.id,
        before: jsonOf(before),
        after: jsonOf(after),
        address: origin.address,
        requestId: origin.requestId,
        at,
      })),
    });
  }
}

function jsonOf(value: object | undefined): Prisma.InputJsonObject | typeof Prisma.DbNull {
  return value === undefined ? Prisma.DbNull : (auditValue(value) as Prisma.InputJsonObject);
}
