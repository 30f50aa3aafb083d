import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Logger } from '@nestjs/common';
import type { Worker } from 'bullmq';
import { pauseAfterError } from './queue-pause.adapter.js';

/** As much of a worker as rests and goes on. */
class RestingWorker {
  readonly did: string[] = [];
  private rests = false;

  isPaused(): boolean {
    return this.rests;
  }

  pause(doNotWaitForJobs: boolean): Promise<void> {
    this.rests = true;
    this.did.push(`pause ${String(doNotWaitForJobs)}`);
    return Promise.resolve();
  }

  resume(): void {
    this.rests = false;
    this.did.push('resume');
  }
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a worker with errors', () => {
  it('tells of the first, rests for a second, and goes on', () => {
    const worker = new RestingWorker();
    const warn = jest.fn();
    const fail = (message: string) =>
      pauseAfterError(
        worker as unknown as Worker,
        { warn } as unknown as Logger,
        new Error(message),
      );
    fail('ECONNREFUSED');
    fail('ECONNREFUSED again');
    jest.advanceTimersByTime(999);
    expect(worker.did).toEqual(['pause true']);
    jest.advanceTimersByTime(1);
    expect(worker.did).toEqual(['pause true', 'resume']);
    expect(warn.mock.calls).toEqual([['queue: ECONNREFUSED']]);
    fail('READONLY');
    expect(worker.did).toEqual(['pause true', 'resume', 'pause true']);
    expect(warn).toHaveBeenCalledTimes(2);
  });
});
