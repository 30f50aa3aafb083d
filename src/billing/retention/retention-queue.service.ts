import { InjectQueue } from '@nestjs/bullmq';
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Queue } from 'bullmq';

export const RETENTION = 'retention';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The jobs of the queue, and how often each is done. */
export const RETENTION_JOBS = {
  'erase-organizations': MINUTE_MS,
  'expire-bodies': 5 * MINUTE_MS,
  'expire-log': HOUR_MS,
  'expire-idempotency-records': HOUR_MS,
  partitions: 24 * HOUR_MS,
} as const;

export type RetentionJob = keyof typeof RETENTION_JOBS;

/** Sees to it that the jobs are scheduled, also in a queue that lost everything. */
@Injectable()
export class RetentionQueue implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RetentionQueue.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(@InjectQueue(RETENTION) private readonly queue: Queue) {
    queue.on('error', (error) => this.logger.warn(`queue: ${error.message}`));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.schedule();
    this.timer = setInterval(() => void this.schedule(), HOUR_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Idempotent: a job has one schedule, however many workers ask for it. */
  async schedule(): Promise<void> {
    try {
      for (const [name, every] of Object.entries(RETENTION_JOBS)) {
        const options = { removeOnComplete: true, removeOnFail: 100 };
        await this.queue.upsertJobScheduler(name, { every }, { name, opts: options });
      }
    } catch (error) {
      this.logger.warn(`retention is scheduled later: ${String(error)}`);
      setTimeout(() => void this.schedule(), MINUTE_MS).unref();
    }
  }
}
