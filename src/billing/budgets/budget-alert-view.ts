import type { BudgetAlert } from '../../generated/prisma/client.js';
import { decimalText } from '../../platform/decimal.js';
import type { BudgetAlertView } from './budget-alert.dto.js';

const MS_PER_S = 1_000;

/** An alert as the API shows it. */
export function budgetAlertView(row: BudgetAlert): BudgetAlertView {
  return {
    object: 'budget_alert',
    id: row.id,
    organization_id: row.organizationId,
    budget_id: row.quotaId,
    threshold: row.threshold,
    amount: decimalText(row.cap),
    spent: decimalText(row.spent),
    period_start: row.period === 0n ? null : new Date(Number(row.period) * MS_PER_S).toISOString(),
    created_at: row.createdAt.toISOString(),
  };
}
