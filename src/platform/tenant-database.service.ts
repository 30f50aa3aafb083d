import { Injectable } from '@nestjs/common';
import { GatewayError } from '../core/errors.js';
import { Prisma } from '../generated/prisma/client.js';
import { PrismaService } from './prisma.service.js';

const EVERY_ORGANIZATION = '*';
const LOCK_TIMEOUT = '5s';
const LIMITS = { maxWait: 5_000, timeout: 15_000 };

/** Prisma's codes: no connection, no free connection, transaction expired, conflict with another one. */
const UNREACHABLE = new Set(['P1000', 'P1001', 'P1002', 'P1008', 'P1017', 'P2024']);
const BUSY = new Set(['P2028', 'P2034']);
/** Postgres gave up waiting for a lock. */
const LOCK_NOT_AVAILABLE = '55P03';

export type Work<T> = (transaction: Prisma.TransactionClient) => Promise<T>;

/**
 * Reads and writes of tenants' rows. Each piece of work is one transaction that is told whose rows it may touch; the
 * policies of row-level security look at that where they are in force. They are the second wall: every query names its
 * organization by itself.
 */
@Injectable()
export class TenantDatabaseService {
  constructor(private readonly prisma: PrismaService) {}

  /** For the rows of one organization. @throws GatewayError overloaded, ledger_unavailable; what `work` throws */
  within<T>(organizationId: string, work: Work<T>): Promise<T> {
    return this.run(organizationId, work);
  }

  /** For the platform's rows and those of all organizations: what operators do. Throws like `within`. */
  everywhere<T>(work: Work<T>): Promise<T> {
    return this.run(EVERY_ORGANIZATION, work);
  }

  private async run<T>(scope: string, work: Work<T>): Promise<T> {
    try {
      return await this.prisma.$transaction(async (transaction) => {
        await transaction.$executeRaw`
          SELECT set_config('osm.organization', ${scope}, true), set_config('lock_timeout', ${LOCK_TIMEOUT}, true)`;
        return work(transaction);
      }, LIMITS);
    } catch (error) {
      throw inOurWords(error);
    }
  }
}

/** What the database could not do at the moment; anything else stays as it is. */
function inOurWords(error: unknown): unknown {
  if (error instanceof Prisma.PrismaClientInitializationError) return unavailable(error.message);
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return error;
  const { code, message } = error;
  if (UNREACHABLE.has(code)) return unavailable(message);
  if (BUSY.has(code) || message.includes(LOCK_NOT_AVAILABLE)) {
    return new GatewayError('overloaded', {
      message: 'Another change is still running. Try again.',
      detail: message,
      retryAfterSeconds: 1,
    });
  }
  return error;
}

function unavailable(detail: string): GatewayError {
  return new GatewayError('ledger_unavailable', {
    message: 'The database cannot be reached.',
    detail,
    retryAfterSeconds: 1,
  });
}
