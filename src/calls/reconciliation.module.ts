import { Module } from '@nestjs/common';
import { TrueUpModule } from '../billing/index.js';
import { CallReportsModule } from '../providers/index.js';
import { EstimateReportService } from './reconciliation/estimate-report.service.js';
import { ReconcileCallProcessor } from './reconciliation/reconcile-call.processor.js';

/**
 * Estimates of calls and what their providers say of them later, in the worker process. The worker imports it by its own
 * file, so that the HTTP process does not load the queue; it registers the queue where the jobs are made.
 */
@Module({
  imports: [TrueUpModule, CallReportsModule],
  providers: [EstimateReportService, ReconcileCallProcessor],
})
export class ReconciliationModule {}
