import { Injectable, Logger } from '@nestjs/common';
import { DatabaseService } from '../../../platform/database.service.js';
import { billDatabaseOfPool } from './bill-database.adapter.js';
import { BillReconciliationService } from './bill-reconciliation.service.js';
import { BillReportClient } from './bill-report.client.js';

const DAY_MS = 24 * 3_600_000;
/** Reports of the last days still change. */
const DAYS = 7;

/** Asks the providers that give a report what they billed for the last days, and compares it with the books. */
@Injectable()
export class BillDayService {
  private readonly logger = new Logger(BillDayService.name);

  constructor(
    private readonly database: DatabaseService,
    private readonly reports: BillReportClient,
    private readonly bills: BillReconciliationService,
  ) {}

  /**
   * Of all providers whose keys are set, each by itself: one that fails does not keep the others.
   * @throws Error naming those that failed; nothing of their bills was posted, and it can all be run again
   */
  async run(now: Date = new Date()): Promise<void> {
    const to = new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS);
    const from = new Date(to.getTime() - DAYS * DAY_MS);
    const failed: string[] = [];
    for (const source of this.reports.sources()) {
      try {
        const report = await this.reports.read(source, from, to);
        const books = billDatabaseOfPool(this.database.pool);
        await this.bills.reconcile(books, { ...source, ...report, strictness: 'anything' });
      } catch (error) {
        this.logger.error(`the bill of ${source.providerId} was not reconciled: ${String(error)}`);
        failed.push(source.providerId);
      }
    }
    if (failed.length > 0) throw new Error(`not reconciled: ${failed.join(', ')}`);
  }
}
