import { InjectQueue } from '@nestjs/bullmq';
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Queue } from 'bullmq';
import type { AuditScope } from './ledger-audit.service.js';

export const LEDGER_AUDIT = 'ledger-audit';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** When the audit is run: every five minutes of what is new, every night (UTC) of everything. */
export const AUDIT_SCHEDULE = {
  incremental: { every: 5 * MINUTE_MS },
  full: { pattern: '17 3 * * *', tz: 'UTC' },
} as const satisfies Record<AuditScope, object>;

/** Sees to it that the audit is scheduled, also in a queue that lost everything. */
@Injectable()
export class AuditQueue implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AuditQueue.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(@InjectQueue(LEDGER_AUDIT) private readonly queue: Queue) {
    queue.on('error', (error) => this.logger.warn(`queue: ${error.message}`));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.schedule();
    this.timer = setInterval(() => void this.schedule(), HOUR_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Idempotent: each audit has one schedule, however many workers ask for it. */
  async schedule(): Promise<void> {
    try {
      for (const [scope, when] of Object.entries(AUDIT_SCHEDULE)) {
        const opts = { removeOnComplete: true, removeOnFail: 100 };
        await this.queue.upsertJobScheduler(scope, when, { name: scope, opts });
      }
    } catch (error) {
      this.logger.warn(`the audit is scheduled later: ${String(error)}`);
      setTimeout(() => void this.schedule(), MINUTE_MS).unref();
    }
  }
}
