import { Module } from '@nestjs/common';
import { RequestDatabaseService } from '../requests/request-database.service.js';
import { StatementsController } from './statements.controller.js';
import { StatementsService } from './statements.service.js';
import { UsageReportsController } from './usage-reports.controller.js';
import { UsageReportsService } from './usage-reports.service.js';
import { UsageTotalsService } from './usage-totals.service.js';

/** Reports and statements in the admin API. */
@Module({
  controllers: [StatementsController, UsageReportsController],
  providers: [RequestDatabaseService, StatementsService, UsageReportsService, UsageTotalsService],
})
export class ReportsModule {}
