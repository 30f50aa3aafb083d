import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bullmq';
import { pauseAfterError } from '../../platform/queue-pause.adapter.js';
import { LEDGER_AUDIT } from './audit-queue.service.js';
import { LedgerAuditService } from './ledger-audit.service.js';

/** Runs the audit when its time comes. Two at once only look twice. */
@Processor(LEDGER_AUDIT)
export class AuditProcessor extends WorkerHost implements OnApplicationBootstrap {
  private readonly logger = new Logger(AuditProcessor.name);

  constructor(private readonly audit: LedgerAuditService) {
    super();
  }

  /** A worker without its queue is not ready; a queue that failed to start would never come back by itself. */
  async onApplicationBootstrap(): Promise<void> {
    await this.worker.waitUntilReady();
  }

  override async process(job: Job): Promise<void> {
    if (job.name === 'incremental' || job.name === 'full') await this.audit.run(job.name);
  }

  @OnWorkerEvent('failed')
  onFailed(job: Job | undefined, error: Error): void {
    this.logger.error(`the audit (${job?.name ?? 'unknown'}) failed: ${error.message}`);
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    pauseAfterError(this.worker, this.logger, error);
  }
}
