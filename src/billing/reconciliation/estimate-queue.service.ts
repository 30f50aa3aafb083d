import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { RECONCILE_CALL, type ReconcileCallJob } from './reconcile-call-job.js';

/** Most of what is asked for too early is there within seconds, the rest within minutes. */
const ATTEMPTS = 8;
const FIRST_DELAY_MS = 1_000;

/** Queues the look-up of a better figure for calls whose usage was estimated. */
@Injectable()
export class EstimateQueue {
  private readonly logger = new Logger(EstimateQueue.name);

  constructor(@InjectQueue(RECONCILE_CALL) private readonly queue: Queue<ReconcileCallJob>) {
    queue.on('error', (error) => this.logger.warn(`queue: ${error.message}`));
  }

  /**
   * One job per call, however often it is asked for. A queue that is away loses nothing: the sweep asks again. False where
   * it is away.
   */
  async add(callIds: readonly string[]): Promise<boolean> {
    if (callIds.length === 0) return true;
    const jobs = callIds.map((callId) => ({
      name: RECONCILE_CALL,
      data: { callId },
      opts: {
        jobId: callId,
        attempts: ATTEMPTS,
        backoff: { type: 'exponential', delay: FIRST_DELAY_MS },
        removeOnComplete: true,
        // A failed job that stayed would keep the sweep from asking for the same call again.
        removeOnFail: true,
      },
    }));
    try {
      await this.queue.addBulk(jobs);
      return true;
    } catch (error) {
      this.logger.warn(`${callIds.length} estimates wait for the next sweep: ${String(error)}`);
      return false;
    }
  }
}
