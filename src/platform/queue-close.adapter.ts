import { Logger } from '@nestjs/common';
import { Queue, Worker } from 'bullmq';

const ASK_EVERY_MS = 250;
/** So many questions without an answer, and the server counts as gone. */
const UNANSWERED = 8;

/** Connections whose server was gone when one of their queues was closed: the next one need not find out again. */
const gone = new WeakSet<object>();

/** A queue that can be closed also when its server is gone. */
export class ClosableQueue extends Queue {
  private ending: Promise<void> | undefined;

  /** Resolves when it is closed, or when its server has not answered for two seconds. Never rejects. */
  override close(): Promise<void> {
    this.ending ??= closeReachable(this, super.close());
    return this.ending;
  }
}

/** A worker that can be closed also when its server is gone. */
export class ClosableWorker extends Worker {
  private ending: Promise<void> | undefined;

  /**
   * Resolves when the jobs that run are done and it is closed, or when its server has not answered for two seconds:
   * what they did is then done again. Never rejects.
   */
  override close(force = false): Promise<void> {
    this.ending ??= closeReachable(this, super.close(force)).then(() => this.rest());
    return this.ending;
  }

  /** The locks of jobs that were not waited for would be renewed on and on, and stalled jobs looked for once more. */
  private async rest(): Promise<void> {
    await Promise.all([this.lockManager.close(), this.pause(true)]);
  }
}

/** BullMQ's own close waits without end for a server that is gone, or rejects. */
async function closeReachable(queue: Queue | Worker, closing: Promise<void>): Promise<void> {
  const { connection } = queue.opts;
  const logger = new Logger('Queue');
  const closed = closing.then(
    () => 'closed' as const,
    (error: unknown) => {
      logger.warn(`queue ${queue.name} is broken off: ${String(error)}`);
      return 'failed' as const;
    },
  );
  const end = gone.has(connection)
    ? 'gone'
    : await Promise.race([closed, untilGone(queue, closed)]);
  if (end === 'gone' && !gone.has(connection)) {
    logger.warn(`queue ${queue.name} is broken off: its server does not answer`);
    gone.add(connection);
  }
  // Also after BullMQ's own close: where a server was lost it leaves a connection that is tried again and again.
  const backend = queue.getBackend();
  void Promise.allSettled([backend.close(true), backend.disconnect()]);
}

/** Resolves when the server of the queue has not answered for two seconds; asks as long as `closed` is pending. */
function untilGone(queue: Queue | Worker, closed: Promise<unknown>): Promise<'gone'> {
  return new Promise((resolve) => {
    let unanswered = 0;
    const timer = setInterval(() => {
      if (unanswered === UNANSWERED) {
        clearInterval(timer);
        resolve('gone');
        return;
      }
      // Questions are counted, not time: a process that was itself away heard nothing either.
      unanswered++;
      const onAnswer = (): void => void (unanswered = 0);
      queue
        .getBackend()
        .isMaxed()
        .then(onAnswer, () => undefined);
    }, ASK_EVERY_MS);
    void closed.then(() => clearInterval(timer));
  });
}
