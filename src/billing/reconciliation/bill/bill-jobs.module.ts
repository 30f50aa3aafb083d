import { Module } from '@nestjs/common';
import { QueuesModule } from '../../../platform/queues.module.js';
import { BillDayService } from './bill-day.service.js';
import { BillQueue, RECONCILE_BILL } from './bill-queue.service.js';
import { BillReportClient } from './bill-report.client.js';
import { BillModule } from './bill.module.js';
import { BillProcessor } from './bill.processor.js';
import { ReportDownloadClient } from './report-download.client.js';

/** Bills in the worker, by their schedule. */
@Module({
  imports: [QueuesModule.queue(RECONCILE_BILL), BillModule],
  providers: [ReportDownloadClient, BillReportClient, BillDayService, BillQueue, BillProcessor],
})
export class BillJobsModule {}
