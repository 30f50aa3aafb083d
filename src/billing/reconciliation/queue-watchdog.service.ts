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
  /** What stood still at the last look, by queue: between two jobs of many that wait, none is running either. */
  private readonly suspected = new Map<string, string>();

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
        const standstill = await standstillOf(queue, now);
        const isNew = standstill !== this.suspected.get(queue.name);
        if (standstill === undefined) this.suspected.delete(queue.name);
        else this.suspected.set(queue.name, standstill);
        if (standstill === undefined || isNew) continue;
        this.logger.fatal(`queue ${queue.name}: ${standstill}; the process is started again`);
        return this.processEnd.atOnce();
      } catch (error) {
        this.logger.warn(`queue ${queue.name} cannot be looked at: ${String(error)}`);
      }
    }
  }

  private queues(): Queue[] {
    const queues: Queue[] = [];
    for (const provider of this.providers.getProviders()) {
      const instance: unknown = provider.instance;
      if (instance instanceof Queue) queues.push(instance as Queue);
    }
    return queues;
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
  if (!overdue) return undefined;
  // The count tells of progress, for which end of a long line the backends show is not the same.
  const { waiting: count = 0 } = await queue.getJobCounts('waiting');
  return `job ${overdue.id ?? ''} is due, ${count} wait, and none is begun`;
}

function dueAt({ timestamp, delay }: Job): number {
  return timestamp + delay;
}
