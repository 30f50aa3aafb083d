import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bullmq';
import { ownEntry } from '../../core/own-entry.js';
import { pauseAfterError } from '../../platform/queue-pause.adapter.js';
import { ExpiryService } from './expiry.service.js';
import { OrganizationContentService } from './organization-content.service.js';
import { PartitionsService } from './partitions.service.js';
import { RETENTION, type RetentionJob } from './retention-queue.service.js';

/** Does what keeps no longer than it may be kept. Every job is idempotent and bounded. */
@Processor(RETENTION)
export class RetentionProcessor extends WorkerHost implements OnApplicationBootstrap {
  private readonly logger = new Logger(RetentionProcessor.name);
  private readonly work: Readonly<Record<RetentionJob, () => Promise<unknown>>>;

  constructor(
    expiry: ExpiryService,
    organizations: OrganizationContentService,
    partitions: PartitionsService,
  ) {
    super();
    this.work = {
      'erase-organizations': () => organizations.sweep(),
      'expire-bodies': () => expiry.bodies(),
      'expire-log': () => expiry.log(),
      'expire-idempotency-records': () => expiry.idempotency(),
      partitions: async () => {
        await partitions.ensure();
        await partitions.dropEmpty();
      },
    };
  }

  /** A worker without its queue is not ready; a queue that failed to start would never come back by itself. */
  async onApplicationBootstrap(): Promise<void> {
    await this.worker.waitUntilReady();
  }

  override async process(job: Job): Promise<void> {
    await ownEntry(this.work, job.name)?.();
  }

  @OnWorkerEvent('failed')
  onFailed(job: Job | undefined, error: Error): void {
    this.logger.warn(`${job?.name ?? 'a job'} failed and is done again later: ${error.message}`);
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    pauseAfterError(this.worker, this.logger, error);
  }
}
