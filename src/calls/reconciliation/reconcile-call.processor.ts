import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bullmq';
import { RECONCILE_CALL, type ReconcileCallJob } from '../../billing/index.js';
import { pauseAfterError } from '../../platform/queue-pause.adapter.js';
import { EstimateReportService } from './estimate-report.service.js';

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

  @OnWorkerEvent('error')
  onError(error: Error): void {
    pauseAfterError(this.worker, this.logger, error);
  }
}
