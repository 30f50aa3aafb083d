import { Module } from '@nestjs/common';
import { QueuesModule } from '../../platform/queues.module.js';
import { ExpiryService } from './expiry.service.js';
import { OrganizationContentService } from './organization-content.service.js';
import { PartitionsService } from './partitions.service.js';
import { RETENTION, RetentionQueue } from './retention-queue.service.js';
import { RetentionProcessor } from './retention.processor.js';

/** What is kept for how long, in the worker process. */
@Module({
  imports: [QueuesModule.queue(RETENTION)],
  providers: [
    ExpiryService,
    OrganizationContentService,
    PartitionsService,
    RetentionQueue,
    RetentionProcessor,
  ],
  exports: [OrganizationContentService],
})
export class RetentionModule {}
