import { Module } from '@nestjs/common';
import { AuditAdminModule } from '../audit/audit-admin.module.js';
import { BudgetAlertsController } from '../budgets/budget-alerts.controller.js';
import { BudgetAlertsService } from '../budgets/budget-alerts.service.js';
import { BudgetsController } from '../budgets/budgets.controller.js';
import { BudgetsService } from '../budgets/budgets.service.js';
import { LimitsController } from '../limits/limits.controller.js';
import { LimitsService } from '../limits/limits.service.js';
import { MovementBookingService } from '../movements/movement-booking.service.js';
import { MovementsController } from '../movements/movements.controller.js';
import { MovementsService } from '../movements/movements.service.js';
import { RefundsService } from '../movements/refunds.service.js';
import { TransactionsService } from '../movements/transactions.service.js';
import { QuarantineController } from '../quarantine/quarantine.controller.js';
import { QuarantineService } from '../quarantine/quarantine.service.js';
import { BillAdminModule } from '../reconciliation/bill/bill.module.js';
import { RequestDatabaseService } from '../requests/request-database.service.js';
import { WalletsController } from './wallets.controller.js';
import { WalletsService } from './wallets.service.js';

/** Wallets, what moves them, budgets and limits in the admin API. */
@Module({
  imports: [AuditAdminModule, BillAdminModule],
  controllers: [
    BudgetAlertsController,
    BudgetsController,
    LimitsController,
    MovementsController,
    QuarantineController,
    WalletsController,
  ],
  providers: [
    BudgetAlertsService,
    BudgetsService,
    LimitsService,
    MovementBookingService,
    MovementsService,
    QuarantineService,
    RefundsService,
    RequestDatabaseService,
    TransactionsService,
    WalletsService,
  ],
})
export class MoneyAdminModule {}
