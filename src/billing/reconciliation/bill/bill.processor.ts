import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { BillDayService } from './bill-day.service.js';
import { RECONCILE_BILL } from './bill-queue.service.js';

const PAUSE_AFTER_ERROR_MS = 1_000;

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
