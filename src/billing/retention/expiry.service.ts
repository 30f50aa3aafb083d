import { Injectable, Logger } from '@nestjs/common';
import { DatabaseService } from '../../platform/database.service.js';

const BATCH = 2_000;
/** Of one kind and run; the rest waits for the next run. */
const MAX_BATCHES = 250;

/** A statement that deletes at most $1 rows. */
interface Expiry {
  readonly what: string;
  readonly sql: string;
}

/** Beyond the day that was promised when they were written, or longer than the organization wants by now. */
const BODIES: readonly Expiry[] = [
  {
    what: 'bodies of requests',
    sql: `DELETE FROM request_body WHERE call_id IN
      (SELECT call_id FROM request_body WHERE expires_at <= now() LIMIT $1)`,
  },
  {
    what: 'bodies of requests whose organization keeps them no longer',
    sql: `DELETE FROM request_body WHERE call_id IN (
      SELECT body.call_id FROM organization AS o, LATERAL (
        SELECT call_id FROM request_body
        WHERE organization_id = o.id AND started_at <= CASE o.retention
          WHEN 'full' THEN now() - make_interval(days => o.body_days) ELSE 'infinity' END
        LIMIT $1) AS body
      LIMIT $1)`,
  },
];

const LOG: Expiry = {
  what: 'rows of the request log',
  sql: `DELETE FROM request_log AS log USING (
      SELECT old.call_id, old.started_at FROM organization AS o, LATERAL (
        SELECT call_id, started_at FROM request_log
        WHERE organization_id = o.id AND started_at <= CASE o.retention
          WHEN 'none' THEN 'infinity' ELSE now() - make_interval(days => o.log_days) END
        LIMIT $1) AS old
      LIMIT $1) AS old
    WHERE log.call_id = old.call_id AND log.started_at = old.started_at`,
};

const IDEMPOTENCY: Expiry = {
  what: 'records of repeatable writes',
  sql: `DELETE FROM idempotency_record WHERE (actor_id, key) IN (
    SELECT actor_id, key FROM idempotency_record
    WHERE created_at < now() - interval '48 hours' LIMIT $1)`,
};

/** Deletes what has been kept for as long as it may be. In bounded batches; running twice does nothing more. */
@Injectable()
export class ExpiryService {
  private readonly logger = new Logger(ExpiryService.name);

  constructor(private readonly database: DatabaseService) {}

  /** Contents of requests whose days are over. Gives how many. */
  async bodies(): Promise<number> {
    let deleted = 0;
    for (const expiry of BODIES) deleted += await this.run(expiry);
    return deleted;
  }

  /** Rows of the request log beyond the days of their organization. Gives how many. */
  log(): Promise<number> {
    return this.run(LOG);
  }

  /** Answers to writes that nobody will repeat any more. Gives how many. */
  idempotency(): Promise<number> {
    return this.run(IDEMPOTENCY);
  }

  private async run({ what, sql }: Expiry): Promise<number> {
    let deleted = 0;
    for (let batch = 0; batch < MAX_BATCHES; batch++) {
      const { rowCount } = await this.database.pool.query(sql, [BATCH]);
      deleted += rowCount ?? 0;
      if ((rowCount ?? 0) < BATCH) break;
    }
    if (deleted > 0) this.logger.log(`${deleted} ${what} have expired`);
    return deleted;
  }
}
