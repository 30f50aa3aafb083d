import { Injectable } from '@nestjs/common';
import { toList } from '../../platform/pagination/list.js';
import { cursorOfCreated, newestFirst } from '../../platform/pagination/newest-first.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import { budgetAlertView } from './budget-alert-view.js';
import type { BudgetAlertList, BudgetAlertQueryDto } from './budget-alert.dto.js';

/** Reads the alerts that BudgetWatchService raises in the worker. */
@Injectable()
export class BudgetAlertsService {
  constructor(private readonly database: TenantDatabaseService) {}

  /** @throws GatewayError invalid_parameter (cursor) */
  list(organizationId: string, query: BudgetAlertQueryDto): Promise<BudgetAlertList> {
    const { where, ...page } = newestFirst(query);
    return this.database.within(organizationId, async (transaction) => {
      const rows = await transaction.budgetAlert.findMany({
        where: { AND: [{ organizationId, quotaId: query.budget_id }, where] },
        ...page,
      });
      return toList(rows, query.limit, budgetAlertView, cursorOfCreated);
    });
  }
}
