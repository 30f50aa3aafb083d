import { Injectable, Logger } from '@nestjs/common';
import { ID_PREFIX } from '../../../core/ids.js';
import { formatUsd } from '../../../core/money.js';
import { nextUlid } from '../../../platform/ulid.adapter.js';
import { BillError, type BilledItem } from './bill.js';
import type { BillComparison } from './bill-comparison.js';
import type { BillDatabase } from './bill-database.adapter.js';
import { modelsOf, requireNoDebt, type Strictness } from './bill-models.js';
import type { ReportOrigin } from './bill-reports.js';

export interface Bill {
  readonly providerId: string;
  readonly origin: 'csv' | 'lines' | ReportOrigin;
  /** Complete for the days that it names. */
  readonly items: readonly BilledItem[];
  /** Days (UTC) that it is about besides those of its items: it bills them at nothing. */
  readonly days?: readonly string[];
  readonly strictness: Strictness;
  /** Days (UTC) outside of these are left out. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Only says what it would do. */
  readonly isDry?: boolean;
}

/** Compares bills of providers with what the ledger owes them; what they differ by goes to suspense. */
@Injectable()
export class BillReconciliationService {
  private readonly logger = new Logger(BillReconciliationService.name);

  /**
   * Posts what a bill differs by, once: the same bill again changes nothing. No tenant's account is touched.
   * @throws BillError naming the line that cannot be taken; nothing has changed then
   */
  async reconcile(database: BillDatabase, bill: Bill): Promise<BillComparison> {
    const { providerId, origin, from = '', to = '9999-12-31', isDry = false } = bill;
    const offers = await database.offersOf(providerId);
    if (offers.length === 0) throw new BillError(1, `there is no provider ${providerId}`);
    const billed = modelsOf(bill.items, offers, bill.strictness);
    if (bill.strictness === 'known_models_only') requireNoDebt(billed);
    const lines = [
      ...billed.map(({ day, model, item }) => ({ day, model, amount: formatUsd(item.amount) })),
      ...emptyDays(bill).map((day) => ({ day, model: '', amount: '0' })),
    ].filter(({ day }) => day >= from && day <= to);
    const id = `${ID_PREFIX.reconciliationRun}${nextUlid()}`;
    const compared = await database.compare({ id, providerId, origin, lines, isDry });
    if (!compared) throw new Error('reconcile_bill gave nothing');
    const comparison = { id, ...compared };
    this.tell(providerId, comparison);
    return comparison;
  }

  private tell(providerId: string, { is_alarming, billed, booked }: BillComparison): void {
    if (is_alarming)
      this.logger.error(`${providerId} bills ${billed} USD, booked are ${booked} USD`);
  }
}

/** A day without items is a line of nothing for no model: what was booked or billed before is compared with that. */
function emptyDays({ items, days = [] }: Bill): string[] {
  const named = new Set(items.map(({ day }) => day));
  return [...new Set(days)].filter((day) => !named.has(day));
}
