import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { AdminGuard } from '../../tenants/index.js';
import { BudgetAlertList, BudgetAlertQueryDto } from './budget-alert.dto.js';
import { BudgetAlertsService } from './budget-alerts.service.js';

@Controller('admin/v1/organizations/:organization_id/budget-alerts')
@UseGuards(AdminGuard)
export class BudgetAlertsController {
  constructor(private readonly alerts: BudgetAlertsService) {}

  /** Lists which budgets were used to 50, 80 and 100 %, newest first. */
  @Get()
  list(
    @Param('organization_id') organizationId: string,
    @Query() query: BudgetAlertQueryDto,
  ): Promise<BudgetAlertList> {
    return this.alerts.list(organizationId, query);
  }
}
