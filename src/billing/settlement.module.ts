import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { PosterService } from './journal/poster.service.js';
import { EstimateQueue, RECONCILE_CALL } from './reconciliation/estimate-queue.service.js';
import { EstimateSweepService } from './reconciliation/estimate-sweep.service.js';
import { ReconcileCallProcessor } from './reconciliation/reconcile-call.processor.js';

/**
 * Money in the worker process: posting and reconciliation. The worker imports it by its own file, so that the HTTP
 * process does not load the queue.
 */
@Module({
  imports: [BullModule.registerQueue({ name: RECONCILE_CALL })],
  providers: [PosterService, EstimateQueue, EstimateSweepService, ReconcileCallProcessor],
})
export class SettlementModule {}
