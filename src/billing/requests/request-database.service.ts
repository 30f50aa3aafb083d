import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { Environment } from '../../platform/env.js';
import { TenantDatabaseService, type Work } from '../../platform/tenant-database.service.js';

/** SQLSTATE query_canceled: what Postgres ends a statement with that takes too long. */
const CANCELED = '57014';
const CANCELED_TEXT = 'canceling statement due to statement timeout';

/** Reads of the request log, none of which may take longer than SEARCH_TIMEOUT_MS. */
@Injectable()
export class RequestDatabaseService {
  constructor(
    private readonly database: TenantDatabaseService,
    private readonly environment: Environment,
  ) {}

  /**
   * Reads what belongs to an organization, or without one to all of them.
   * @throws GatewayError overloaded for a search that takes too long; what TenantDatabaseService throws
   */
  async read<T>(organizationId: string | undefined, work: Work<T>): Promise<T> {
    const milliseconds = this.environment.SEARCH_TIMEOUT_MS;
    const bounded: Work<T> = async (transaction) => {
      await transaction.$executeRaw`SELECT set_config('statement_timeout', ${String(milliseconds)}, true)`;
      return work(transaction);
    };
    try {
      return await (organizationId === undefined
        ? this.database.everywhere(bounded)
        : this.database.within(organizationId, bounded));
    } catch (error) {
      throw isTooSlow(error) ? tooSlow(milliseconds) : error;
    }
  }
}

function isTooSlow(error: unknown): boolean {
  const text = error instanceof Error ? error.message : '';
  return text.includes(CANCELED) || text.includes(CANCELED_TEXT);
}

function tooSlow(milliseconds: number): GatewayError {
  return new GatewayError('overloaded', {
    message: `The search took longer than ${milliseconds / 1_000} s. Narrow it by since, until or another filter.`,
    shouldRetry: false,
  });
}
