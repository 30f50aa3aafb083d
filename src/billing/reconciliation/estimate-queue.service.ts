import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import type { Queue } from 'bullmq';

export const RECONCILE_CALL = 'reconcile-call';

/** What a job of the queue carries: an id, never an amount. */
export interface ReconcileCallJob {
  readonly callId: string;
}

/** Queues the look-up of a better figure for calls whose usage was estimated. */
@Injectable()
export class EstimateQueue {
  private readonly logger = new Logger(EstimateQueue.name);

  constructor(@InjectQueue(RECONCILE_CALL) private readonly queue: Queue<ReconcileCallJob>) {
    queue.on('error', (error) => this.logger.warn(`queue: ${error.message}`));
  }

  /** One job per call, however often it is asked for. A queue that is away loses nothing: the sweep asks again. */
  async add(callIds: readonly string[]): Promise<void> {
    if (callIds.length === 0) return;
    const jobs = callIds.map((callId) => ({
      name: RECONCILE_CALL,
      data: { callId },
      opts: {
        jobId: callId,
        attempts: 5,
        backoff: { type: 'exponential', delay: 1_000 },
        removeOnComplete: true,
        removeOnFail: 1_000,
      },
    }));
    await this.queue.addBulk(jobs).catch((error: unknown) => {
      this.logger.warn(`${callIds.length} estimates wait for the next sweep: ${String(error)}`);
    });
  }
}
