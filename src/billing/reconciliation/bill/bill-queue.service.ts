import { InjectQueue } from '@nestjs/bullmq';
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Queue } from 'bullmq';

export const RECONCILE_BILL = 'reconcile-bill';

/** Every day (UTC), when reports of the day before are there. */
export const BILL_SCHEDULE = { pattern: '41 6 * * *', tz: 'UTC' } as const;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Sees to it that bills are looked at every day, also in a queue that lost everything. */
@Injectable()
export class BillQueue implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(BillQueue.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(@InjectQueue(RECONCILE_BILL) private readonly queue: Queue) {
    queue.on('error', (error) => this.logger.warn(`queue: ${error.message}`));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.schedule();
    this.timer = setInterval(() => void this.schedule(), HOUR_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Idempotent: there is one schedule, however many workers ask for it. */
  async schedule(): Promise<void> {
    const opts = {
      attempts: 5,
      backoff: { type: 'exponential', delay: MINUTE_MS },
      removeOnComplete: true,
      removeOnFail: 100,
    };
    try {
      await this.queue.upsertJobScheduler(RECONCILE_BILL, BILL_SCHEDULE, {
        name: RECONCILE_BILL,
        opts,
      });
    } catch (error) {
      this.logger.warn(`bills are scheduled later: ${String(error)}`);
      setTimeout(() => void this.schedule(), MINUTE_MS).unref();
    }
  }
}
