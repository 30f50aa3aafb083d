import { Module } from '@nestjs/common';
import { SettlementModule } from './billing/settlement.module.js';
import { ReconciliationModule } from './calls/reconciliation.module.js';
import { PlatformModule } from './platform/platform.module.js';
import { QueuesModule } from './platform/queues.module.js';

/** The worker process: poster and queue. */
@Module({
  imports: [PlatformModule, QueuesModule.forRoot(), SettlementModule, ReconciliationModule],
})
export class WorkerModule {}
