import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bullmq';
import { RECONCILE_CALL, type ReconcileCallJob } from './estimate-queue.service.js';
import { TrueUpService } from './true-up.service.js';

const PAUSE_AFTER_ERROR_MS = 1_000;

/**
 * Looks for a better figure for a call whose usage was estimated. No provider can be asked yet, so the estimate is
 * marked as looked at and stands, and what it had left set aside is free. Idempotent.
 */
@Processor(RECONCILE_CALL, { concurrency: 4 })
export class ReconcileCallProcessor extends WorkerHost implements OnApplicationBootstrap {
  private readonly logger = new Logger(ReconcileCallProcessor.name);

  constructor(private readonly figures: TrueUpService) {
    super();
  }

  /** A worker without its queue is not ready; a queue that failed to start would never come back by itself. */
  async onApplicationBootstrap(): Promise<void> {
    await this.worker.waitUntilReady();
  }

  override async process(job: Job<ReconcileCallJob>): Promise<void> {
    const { callId } = job.data;
    if (await this.figures.settle(callId, 'no_provider_report')) {
      this.logger.log(`the estimate of ${callId} stands: its provider reports no cost afterwards`);
    }
  }

  /** BullMQ asks for the next job again at once after an error; without a pause that is a busy loop. */
  @OnWorkerEvent('error')
  onError(error: Error): void {
    if (this.worker.isPaused()) return;
    this.logger.warn(`queue: ${error.message}`);
    void this.worker.pause(true);
    const resume = (): void => void this.worker.resume();
    setTimeout(resume, PAUSE_AFTER_ERROR_MS).unref();
  }
}
