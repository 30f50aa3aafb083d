import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import { Prisma } from '../../generated/prisma/client.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import { AuditService, type AuditRecord } from '../audit/audit.service.js';
import { KeyInvalidationService } from '../keys/key-invalidation.service.js';
import { IdempotencyService, type RepeatableRequest } from './idempotency.service.js';

const UNIQUE_VIOLATION = 'P2002';

const REPLAYED = new WeakSet<AdminRequest>();

/** What the work of a change is given. */
export interface AdminChange {
  readonly transaction: Prisma.TransactionClient;
  /** Adds an entry to the audit log; `before` and `after` are what the API shows, never secrets. */
  readonly record: (entry: AuditRecord) => void;
}

/** Whether the answer to a request is that of an earlier one with the same Idempotency-Key. */
export function isReplayed(request: AdminRequest): boolean {
  return REPLAYED.has(request);
}

/**
 * Every write of the admin API: one transaction holds the change, its audit entries and the record by which a repeated
 * request gets the same answer. Changes of one organization (null: of the platform) happen one after the other, so
 * that what a change has read still holds when it writes.
 */
@Injectable()
export class AdminChangeService {
  constructor(
    private readonly database: TenantDatabaseService,
    private readonly idempotency: IdempotencyService,
    private readonly audit: AuditService,
    private readonly invalidation: KeyInvalidationService,
  ) {}

  /**
   * Does the work and gives its answer, a JSON object; where the request is a repeated one, the first one's answer.
   * By then no process uses what it knew of the organization before.
   * @throws GatewayError idempotency_conflict, resource_conflict, overloaded, ledger_unavailable; what `work` throws
   */
  async run<T extends object>(
    request: AdminRequest,
    organizationId: string | null,
    work: (change: AdminChange) => Promise<T>,
  ): Promise<T> {
    const change = (transaction: Prisma.TransactionClient): Promise<T> =>
      isRepeatable(request)
        ? this.once(transaction, request, () =>
            this.apply(transaction, request, organizationId, work),
          )
        : this.apply(transaction, request, organizationId, work);
    try {
      if (organizationId === null) return await this.database.everywhere(change);
      const answer = await this.database.within(organizationId, change);
      await this.invalidation.settled();
      return answer;
    } catch (error) {
      throw asConflict(error);
    }
  }

  private async once<T extends object>(
    transaction: Prisma.TransactionClient,
    request: RepeatableRequest,
    work: () => Promise<T>,
  ): Promise<T> {
    const earlier = await this.idempotency.claim(transaction, request);
    if (earlier) {
      REPLAYED.add(request);
      return earlier as T;
    }
    const answer = await work();
    await this.idempotency.keep(transaction, request, answer);
    return answer;
  }

  private async apply<T extends object>(
    transaction: Prisma.TransactionClient,
    request: AdminRequest,
    organizationId: string | null,
    work: (change: AdminChange) => Promise<T>,
  ): Promise<T> {
    const name = organizationId ?? 'platform';
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
    const records: AuditRecord[] = [];
    const answer = await work({ transaction, record: (entry) => records.push(entry) });
    await this.audit.append(transaction, request, organizationId, records);
    return answer;
  }
}

function isRepeatable(request: AdminRequest): request is RepeatableRequest {
  return request.idempotency !== undefined;
}

/** A value that must be unique and is not, where the work did not look for itself. */
function asConflict(error: unknown): unknown {
  const isConflict =
    error instanceof Prisma.PrismaClientKnownRequestError && error.code === UNIQUE_VIOLATION;
  if (!isConflict) return error;
  return new GatewayError('resource_conflict', {
    message: 'There is such a resource already.',
    detail: error.message,
  });
}
