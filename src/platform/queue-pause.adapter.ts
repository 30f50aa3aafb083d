import type { Logger } from '@nestjs/common';
import type { Worker } from 'bullmq';

const PAUSE_AFTER_ERROR_MS = 1_000;

/**
 * Tells of an error of a worker, and has it rest for a second. BullMQ asks for the next job again at once after an
 * error; without a pause that is a busy loop.
 */
export function pauseAfterError(worker: Worker, logger: Logger, error: Error): void {
  if (worker.isPaused()) return;
  logger.warn(`queue: ${error.message}`);
  void worker.pause(true);
  const resume = (): void => void worker.resume();
  setTimeout(resume, PAUSE_AFTER_ERROR_MS).unref();
}
