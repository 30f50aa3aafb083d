import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger } from '@nestjs/common';
import type { Job } from 'bullmq';
import { PrismaService } from '../../platform/prisma.service.js';
import { RECONCILE_CALL, type ReconcileCallJob } from './estimate-queue.service.js';

/**
 * Looks for a better figure for a call whose usage was estimated. No provider can be asked yet, so the estimate is
 * marked as looked at and stands. Idempotent.
 */
@Processor(RECONCILE_CALL, { concurrency: 4 })
export class ReconcileCallProcessor extends WorkerHost {
  private readonly logger = new Logger(ReconcileCallProcessor.name);

  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override async process(job: Job<ReconcileCallJob>): Promise<void> {
    const { callId } = job.data;
    const { count } = await this.prisma.usageEvent.updateMany({
      where: { callId, rank: 'estimate', reconciledAt: null },
      data: { reconciledAt: new Date(), reconciliation: 'no_provider_report' },
    });
    if (count > 0)
      this.logger.log(`the estimate of ${callId} stands: its provider reports no cost afterwards`);
  }

  /** Without a listener the queue's own troubles would go to the console, in full and endlessly. */
  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.logger.warn(`queue: ${error.message}`);
  }
}
