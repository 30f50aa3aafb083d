import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bullmq';
import { RECONCILE_CALL, type ReconcileCallJob } from '../../billing/index.js';
import { EstimateReportService } from './estimate-report.service.js';

const PAUSE_AFTER_ERROR_MS = 1_000;

/** Looks for a better figure for a call whose usage was estimated; what fails is tried again later. Idempotent. */
@Processor(RECONCILE_CALL, { concurrency: 4 })
export class ReconcileCallProcessor extends WorkerHost implements OnApplicationBootstrap {
  private readonly logger = new Logger(ReconcileCallProcessor.name);

  constructor(private readonly reports: EstimateReportService) {
    super();
  }

  /** A worker without its queue is not ready; a queue that failed to start would never come back by itself. */
  async onApplicationBootstrap(): Promise<void> {
    await this.worker.waitUntilReady();
  }

  override async process(job: Job<ReconcileCallJob>): Promise<void> {
    await this.reports.look(job.data.callId);
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
