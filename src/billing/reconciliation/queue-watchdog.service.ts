import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Queue, type Job } from 'bullmq';
import { ProcessEndService } from '../../platform/process-end.service.js';

const EVERY_MS = 30_000;
/** A job that is due is begun at once; after so long nobody begins jobs any more. */
const OVERDUE_MS = 5 * 60_000;
/** The longest job, an audit of everything, takes minutes. */
const LONGEST_JOB_MS = 60 * 60_000;

/**
 * Watches by a plain timer, not by a job, that the jobs of this process go forward: a worker that has silently stopped
 * would take the watching with it. Where jobs are due and none is begun, or one never ends, the process is started
 * again. A queue that is away is no reason: a new process would not reach it either.
 */
@Injectable()
export class QueueWatchdog implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(QueueWatchdog.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly providers: DiscoveryService,
    private readonly processEnd: ProcessEndService,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(Date.now()), EVERY_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Looks at all queues once; `now` is milliseconds since the epoch. */
  async look(now: number): Promise<void> {
    for (const queue of this.queues()) {
      try {
        const reason = await standstillOf(queue, now);
        if (reason === undefined) continue;
        this.logger.fatal(`queue ${queue.name}: ${reason}; the process is started again`);
        return this.processEnd.atOnce();
      } catch (error) {
        this.logger.warn(`queue ${queue.name} cannot be looked at: ${String(error)}`);
      }
    }
  }

  private queues(): Queue[] {
    return this.providers
      .getProviders()
      .map(({ instance }: { instance: unknown }) => instance)
      .filter((instance) => instance instanceof Queue);
  }
}

async function standstillOf(queue: Queue, now: number): Promise<string | undefined> {
  if (await queue.isPaused()) return undefined;
  const running = await queue.getJobs(['active'], 0, 0, true);
  const [oldest] = running;
  if (oldest) {
    const since = now - (oldest.processedOn ?? now);
    return since > LONGEST_JOB_MS ? `job ${oldest.id ?? ''} does not end` : undefined;
  }
  const waiting = await Promise.all(
    (['waiting', 'delayed'] as const).map((state) => queue.getJobs([state], 0, 0, true)),
  );
  const overdue = waiting.flat().find((job) => now - dueAt(job) > OVERDUE_MS);
  return overdue && `job ${overdue.id ?? ''} is due and nobody begins it`;
}

function dueAt({ timestamp, delay }: Job): number {
  return timestamp + delay;
}
