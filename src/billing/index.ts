export { BillingModule, LedgerModule } from './billing.module.js';
export type {
  Attempt,
  CallIdentity,
  CallOutcome,
  Charge,
  CloseRecord,
  ServedBy,
} from './journal/journal-record.js';
export { CloseRecordService } from './journal/close-record.service.js';
export { JournalWriter } from './journal/journal.writer.js';
export { LedgerService } from './ledger/ledger.service.js';
export { priceUsage, type Bill } from './pricing/cost-lines.js';
export { estimateHold } from './pricing/estimate.js';
export { usageCost, type UsageCost } from './pricing/usage-cost.js';
export { AuthorizationService, type Hold } from './wallet/authorization.service.js';
