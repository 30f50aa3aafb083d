import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { QueuesModule } from '../platform/queues.module.js';
import { AuditJobsModule } from './audit/audit-jobs.module.js';
import { BudgetWatchService } from './budgets/budget-watch.service.js';
import { JournalReader } from './journal/journal-reader.service.js';
import { PosterWatchdog } from './journal/poster-watchdog.service.js';
import { PosterService } from './journal/poster.service.js';
import { PostingService } from './journal/posting.service.js';
import { ProcessEndsService } from './journal/process-ends.service.js';
import { BillJobsModule } from './reconciliation/bill/bill-jobs.module.js';
import { EstimateQueue } from './reconciliation/estimate-queue.service.js';
import { EstimateSweepService } from './reconciliation/estimate-sweep.service.js';
import { QueueWatchdog } from './reconciliation/queue-watchdog.service.js';
import { RECONCILE_CALL } from './reconciliation/reconcile-call-job.js';
import { RetentionModule } from './retention/retention.module.js';

/**
 * Money in the worker process: posting, reconciliation and retention. The worker imports it by its own file, so that
 * the HTTP process does not load the queue.
 */
@Module({
  imports: [
    QueuesModule.queue(RECONCILE_CALL),
    DiscoveryModule,
    RetentionModule,
    AuditJobsModule,
    BillJobsModule,
  ],
  providers: [
    PosterService,
    PosterWatchdog,
    JournalReader,
    PostingService,
    ProcessEndsService,
    EstimateQueue,
    EstimateSweepService,
    QueueWatchdog,
    BudgetWatchService,
  ],
})
export class SettlementModule {}
