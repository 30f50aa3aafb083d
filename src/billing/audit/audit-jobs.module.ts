import { Module } from '@nestjs/common';
import { QueuesModule } from '../../platform/queues.module.js';
import { AuditQueue, LEDGER_AUDIT } from './audit-queue.service.js';
import { AuditModule } from './audit.module.js';
import { AuditProcessor } from './audit.processor.js';

/** The audit in the worker, by its schedule. */
@Module({
  imports: [QueuesModule.queue(LEDGER_AUDIT), AuditModule],
  providers: [AuditQueue, AuditProcessor],
})
export class AuditJobsModule {}
