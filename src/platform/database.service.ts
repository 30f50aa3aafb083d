import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { Environment } from './env.js';
import { everyOrganization } from './gateway-connection.js';

const MAX_CONNECTIONS = 4;
const STATEMENT_TIMEOUT_MS = 10_000;

/** Plain `pg` for the set-based functions of the poster and the key look-up (docs/decisions/0002). */
@Injectable()
export class DatabaseService implements OnApplicationShutdown {
  private readonly logger = new Logger(DatabaseService.name);
  readonly pool: pg.Pool;

  constructor(environment: Environment) {
    this.pool = new pg.Pool({
      connectionString: everyOrganization(environment.DATABASE_URL),
      max: MAX_CONNECTIONS,
      connectionTimeoutMillis: 5_000,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: 1_000,
    });
    // An idle connection that breaks must not end the process; the next query opens another.
    this.pool.on('error', (error) =>
      this.logger.warn(`database connection lost: ${error.message}`),
    );
  }

  /** Late: until then calls are drained and the journal is posted. */
  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
