import { Module } from '@nestjs/common';
import { CloseRecordService } from './journal/close-record.service.js';
import { JournalMetricsService } from './journal/journal-metrics.service.js';
import { JournalWriter } from './journal/journal.writer.js';
import { LedgerService } from './ledger/ledger.service.js';
import { RequestsController } from './requests/requests.controller.js';
import { RequestsService } from './requests/requests.service.js';
import { UsageController } from './requests/usage.controller.js';
import { UsageService } from './requests/usage.service.js';
import { AuthorizationService } from './wallet/authorization.service.js';

/** Money in the HTTP process: admission, journal, and what the admin API shows of it. */
@Module({
  controllers: [RequestsController, UsageController],
  providers: [
    JournalWriter,
    JournalMetricsService,
    CloseRecordService,
    AuthorizationService,
    RequestsService,
    UsageService,
  ],
  exports: [JournalWriter, CloseRecordService, AuthorizationService],
})
export class BillingModule {}

/** The ledger alone, for the seed. */
@Module({ providers: [LedgerService], exports: [LedgerService] })
export class LedgerModule {}
