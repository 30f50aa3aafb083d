import { Module } from '@nestjs/common';
import { BillReconciliationService } from './bill-reconciliation.service.js';
import { DriftService } from './drift.service.js';
import { ReconciliationsController } from './reconciliations.controller.js';
import { ReconciliationsService } from './reconciliations.service.js';
import { SuspenseController } from '../suspense/suspense.controller.js';
import { SuspenseService } from '../suspense/suspense.service.js';

/** The comparison by itself, for the command. */
@Module({ providers: [BillReconciliationService], exports: [BillReconciliationService] })
export class BillModule {}

/** Bills in the admin API. */
@Module({
  imports: [BillModule],
  controllers: [ReconciliationsController, SuspenseController],
  providers: [DriftService, ReconciliationsService, SuspenseService],
})
export class BillAdminModule {}
