import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DatabaseService } from '../../platform/database.service.js';

const MONTHS_AHEAD = 3;

/** Keeps the partitions of the request log: the next months are there, and empty old ones are gone. */
@Injectable()
export class PartitionsService implements OnApplicationBootstrap {
  private readonly logger = new Logger(PartitionsService.name);

  constructor(private readonly database: DatabaseService) {}

  /** Posting does without: rows whose month is missing go to the default partition, and move when it is made. */
  async onApplicationBootstrap(): Promise<void> {
    await this.ensure().catch((error: unknown) =>
      this.logger.warn(`partitions are made later: ${String(error)}`),
    );
  }

  /** Makes the partitions that are missing; gives how many. */
  async ensure(): Promise<number> {
    const { rows } = await this.database.pool.query<{ made: number }>(
      'SELECT ensure_request_log_partitions($1) AS made',
      [MONTHS_AHEAD],
    );
    const made = rows[0]?.made ?? 0;
    if (made > 0) this.logger.log(`${made} partitions of the request log were made`);
    return made;
  }

  /** Drops the partitions of old months that hold nothing any more; gives how many. */
  async dropEmpty(): Promise<number> {
    const { rows } = await this.database.pool.query<{ dropped: number }>(
      'SELECT drop_empty_request_log_partitions() AS dropped',
    );
    const dropped = rows[0]?.dropped ?? 0;
    if (dropped > 0) this.logger.log(`${dropped} empty partitions of the request log were dropped`);
    return dropped;
  }
}
