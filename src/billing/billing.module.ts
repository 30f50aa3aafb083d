import { Module } from '@nestjs/common';
import { CloseRecordService } from './journal/close-record.service.js';
import { JournalMetricsService } from './journal/journal-metrics.service.js';
import { JournalWriter } from './journal/journal.writer.js';
import { LedgerService } from './ledger/ledger.service.js';
import { ReportsModule } from './reports/reports.module.js';
import { RequestsModule } from './requests/requests.module.js';
import { AuthorizationService } from './quota/authorization.service.js';
import { LeaseClient } from './quota/lease.client.js';
import { LeaseService } from './quota/lease.service.js';
import { QuotaDirectoryService } from './quota/quota-directory.service.js';
import { SliceBook } from './quota/slice-book.js';
import { MoneyAdminModule } from './wallets/money-admin.module.js';

/** Money in the HTTP process: admission, journal, and what the admin API shows of it. */
@Module({
  imports: [RequestsModule, MoneyAdminModule, ReportsModule],
  providers: [
    JournalWriter,
    JournalMetricsService,
    CloseRecordService,
    SliceBook,
    LeaseClient,
    LeaseService,
    QuotaDirectoryService,
    AuthorizationService,
  ],
  exports: [JournalWriter, CloseRecordService, AuthorizationService, RequestsModule],
})
export class BillingModule {}

/** The ledger alone, for the seed. */
@Module({ providers: [LedgerService], exports: [LedgerService] })
export class LedgerModule {}
