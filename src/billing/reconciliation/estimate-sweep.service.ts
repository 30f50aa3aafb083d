import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DatabaseService } from '../../platform/database.service.js';
import { EstimateQueue } from './estimate-queue.service.js';

const EVERY_MS = 30_000;
const AT_MOST = 1_000;

/** Queues again every estimate older than a minute that nobody has looked at: losing the queue loses nothing. */
@Injectable()
export class EstimateSweepService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(EstimateSweepService.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: DatabaseService,
    private readonly queue: EstimateQueue,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.sweep().catch((error: unknown) => this.logger.warn(`sweep failed: ${String(error)}`));
    }, EVERY_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Gives how many calls were queued. */
  async sweep(): Promise<number> {
    const { rows } = await this.database.pool.query<{ call_id: string }>(
      `SELECT call_id FROM usage_event
       WHERE rank = 'estimate' AND reconciled_at IS NULL AND recorded_at < clock_timestamp() - interval '1 minute'
       ORDER BY recorded_at LIMIT $1`,
      [AT_MOST],
    );
    await this.queue.add(rows.map((row) => row.call_id));
    return rows.length;
  }
}
