export { AuditModule } from './audit/audit.module.js';
export { LedgerAuditService, type AuditReport } from './audit/ledger-audit.service.js';
export { BillingModule, LedgerModule } from './billing.module.js';
export type {
  Attempt,
  AttemptCost,
  CallIdentity,
  CallOutcome,
  Charge,
  CloseRecord,
  OpenRecord,
  ServedBy,
} from './journal/journal-record.js';
export { CloseRecordService } from './journal/close-record.service.js';
export { JournalWriter } from './journal/journal.writer.js';
export { LedgerService } from './ledger/ledger.service.js';
export { BodyStore } from './retention/body-store.service.js';
export { MAX_KEPT, type CallContent } from './retention/kept-body.js';
export { priceUsage, type Bill } from './pricing/cost-lines.js';
export { estimateHold } from './pricing/estimate.js';
export { usageCost, type UsageCost } from './pricing/usage-cost.js';
export { piecesOf } from './quota/amount.js';
export { AuthorizationService } from './quota/authorization.service.js';
export type { CallUse, Hold } from './quota/hold.js';
export type { CallNeeds, CallSubject } from './quota/limit.js';
export type { UseEntry } from './quota/quota.js';
export { isDay } from './reconciliation/bill/bill.js';
export { BillModule } from './reconciliation/bill/bill.module.js';
export type { BillComparison } from './reconciliation/bill/bill-comparison.js';
export { billDatabaseOfPool } from './reconciliation/bill/bill-database.adapter.js';
export { BillReconciliationService } from './reconciliation/bill/bill-reconciliation.service.js';
export { readCsvBill } from './reconciliation/bill/csv-bill.js';
export { OpenEstimateService, type OpenEstimate } from './reconciliation/open-estimate.service.js';
export { RECONCILE_CALL, type ReconcileCallJob } from './reconciliation/reconcile-call-job.js';
export { TrueUpModule } from './reconciliation/true-up.module.js';
export { TrueUpService, type BetterFigure } from './reconciliation/true-up.service.js';
