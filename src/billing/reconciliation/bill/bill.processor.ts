import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { pauseAfterError } from '../../../platform/queue-pause.adapter.js';
import { BillDayService } from './bill-day.service.js';
import { RECONCILE_BILL } from './bill-queue.service.js';

/** Reconciles bills when their time comes. Idempotent. */
@Processor(RECONCILE_BILL)
export class BillProcessor extends WorkerHost implements OnApplicationBootstrap {
  private readonly logger = new Logger(BillProcessor.name);

  constructor(private readonly bills: BillDayService) {
    super();
  }

  /** A worker without its queue is not ready; a queue that failed to start would never come back by itself. */
  async onApplicationBootstrap(): Promise<void> {
    await this.worker.waitUntilReady();
  }

  override async process(): Promise<void> {
    await this.bills.run();
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    pauseAfterError(this.worker, this.logger, error);
  }
}
