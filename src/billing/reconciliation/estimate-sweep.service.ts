import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DatabaseService } from '../../platform/database.service.js';
import { EstimateQueue } from './estimate-queue.service.js';

const EVERY_MS = 30_000;
const PAGE = 1_000;

interface EstimateRow {
  readonly call_id: string;
  /** As Postgres writes it: to the microsecond. */
  readonly recorded_at: string;
}

/** Queues again every estimate older than a minute that nobody has looked at: losing the queue loses nothing. */
@Injectable()
export class EstimateSweepService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(EstimateSweepService.name);
  private timer: NodeJS.Timeout | undefined;
  private isSweeping = false;

  constructor(
    private readonly database: DatabaseService,
    private readonly queue: EstimateQueue,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweepUnlessSweeping(), EVERY_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /**
   * Goes through all of them page by page, so that old ones that nobody can settle keep no newer one waiting. Ends early
   * where the queue is away. Gives how many calls were queued.
   */
  async sweep(): Promise<number> {
    let last: EstimateRow = { call_id: '', recorded_at: '-infinity' };
    for (let queued = 0; ;) {
      const page = await this.pageAfter(last);
      const isQueued = await this.queue.add(page.map((row) => row.call_id));
      if (isQueued) queued += page.length;
      last = page.at(-1) ?? last;
      if (!isQueued || page.length < PAGE) return queued;
    }
  }

  private async pageAfter({ call_id, recorded_at }: EstimateRow): Promise<readonly EstimateRow[]> {
    const { rows } = await this.database.pool.query<EstimateRow>(
      `SELECT call_id, recorded_at::text AS recorded_at FROM usage_event
       WHERE rank = 'estimate' AND reconciled_at IS NULL AND recorded_at < clock_timestamp() - interval '1 minute'
         AND (recorded_at, call_id) > ($1::timestamptz, $2)
       ORDER BY usage_event.recorded_at, call_id LIMIT $3`,
      [recorded_at, call_id, PAGE],
    );
    return rows;
  }

  /** A sweep of many may take longer than the time between two. */
  private async sweepUnlessSweeping(): Promise<void> {
    if (this.isSweeping) return;
    this.isSweeping = true;
    try {
      await this.sweep();
    } catch (error) {
      this.logger.warn(`sweep failed: ${String(error)}`);
    } finally {
      this.isSweeping = false;
    }
  }
}
