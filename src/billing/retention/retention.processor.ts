import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bullmq';
import { ownEntry } from '../../core/own-entry.js';
import { ExpiryService } from './expiry.service.js';
import { OrganizationContentService } from './organization-content.service.js';
import { PartitionsService } from './partitions.service.js';
import { RETENTION, type RetentionJob } from './retention-queue.service.js';

const PAUSE_AFTER_ERROR_MS = 1_000;

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

  /** BullMQ asks for the next job again at once after an error; without a pause that is a busy loop. */
  @OnWorkerEvent('error')
  onError(error: Error): void {
    if (this.worker.isPaused()) return;
    this.logger.warn(`queue: ${error.message}`);
    void this.worker.pause(true);
    const resume = (): void => void this.worker.resume();
    setTimeout(resume, PAUSE_AFTER_ERROR_MS).unref();
  }
}
