import { formatUsd, parseUsd } from '../../core/money.js';
import type { Quota } from '../../generated/prisma/client.js';
import { decimalText } from '../../platform/decimal.js';
import type { QuotaStanding } from '../limits/quota-standing.js';
import type { BudgetPeriod, BudgetScope, BudgetView, Enforcement } from './budget.dto.js';

/** A budget as the API shows it. */
export function budgetView(row: Quota, { spent, leased, resetsAt }: QuotaStanding): BudgetView {
  const amount = decimalText(row.cap);
  const left = parseUsd(amount) - parseUsd(spent);
  return {
    object: 'budget',
    id: row.id,
    organization_id: row.organizationId,
    scope: row.scope as BudgetScope,
    scope_id: row.scope === 'tag' ? null : row.scopeId,
    tag_name: row.tagName,
    tag_value: row.tagValue,
    period: row.window as BudgetPeriod,
    amount,
    enforcement: row.enforcement as Enforcement,
    time_zone: row.timeZone,
    anchor: row.anchor?.toISOString() ?? null,
    spent,
    leased,
    left: formatUsd(left > 0n ? left : 0n),
    resets_at: resetsAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
    version: row.version,
  };
}
