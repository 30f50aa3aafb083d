import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { getQueueToken } from '@nestjs/bullmq';
import { Global, Logger, Module, type INestApplicationContext } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { Worker, type Queue } from 'bullmq';
import { QueueWatchdog } from '../../src/billing/reconciliation/queue-watchdog.service.js';
import { Environment } from '../../src/platform/env.js';
import { ProcessEndService } from '../../src/platform/process-end.service.js';
import { QueuesModule } from '../../src/platform/queues.module.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const MINUTE = 60_000;

let database: TestDatabase;
let app: INestApplicationContext;
let queue: Queue;
let watchdog: QueueWatchdog;
let ended: number;
let said: string[];

beforeAll(async () => {
  for (const level of ['warn', 'fatal'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation((text) => void said.push(String(text)));
  database = await createTestDatabase();
  const environment = Object.assign(new Environment(), { DATABASE_URL: database.appUrl });

  @Global()
  @Module({
    providers: [{ provide: Environment, useValue: environment }],
    exports: [Environment],
  })
  class SettingsModule {}

  @Module({
    imports: [
      SettingsModule,
      QueuesModule.forRoot(),
      QueuesModule.queue('watched'),
      DiscoveryModule,
    ],
    providers: [
      QueueWatchdog,
      { provide: ProcessEndService, useValue: { atOnce: () => (ended += 1) } },
    ],
  })
  class TestModule {}

  app = await NestFactory.createApplicationContext(TestModule, { logger: false });
  queue = app.get<Queue>(getQueueToken('watched'));
  watchdog = app.get(QueueWatchdog);
});
afterAll(async () => {
  await app.close();
  await database.drop();
  jest.restoreAllMocks();
});
afterEach(async () => {
  await queue.obliterate({ force: true });
  await watchdog.look(Date.now());
});

/** How often the process was ended by two looks so many minutes from now, and what was said. */
async function look(minutes: number): Promise<[number, string[]]> {
  ended = 0;
  said = [];
  await watchdog.look(Date.now() + minutes * MINUTE);
  expect(ended).toBe(0);
  await watchdog.look(Date.now() + (minutes + 0.01) * MINUTE);
  return [ended, said];
}

describe('the watchdog of the queues', () => {
  it('ends the process when a job is due and nobody begins it (bullmq #4479: a worker that is wedged for days)', async () => {
    await queue.add('waits', {}, { jobId: 'waits' });
    expect(await look(4.9)).toEqual([0, []]);
    expect(await look(5.1)).toEqual([
      1,
      ['queue watched: job waits is due, 1 wait, and none is begun; the process is started again'],
    ]);
  });

  it('waits while jobs are begun, though others wait long', async () => {
    for (const jobId of ['first', 'second']) await queue.add('waits', {}, { jobId });
    ended = 0;
    await watchdog.look(Date.now() + 10 * MINUTE);
    await (await queue.getJob('first'))?.remove();
    await watchdog.look(Date.now() + 10 * MINUTE);
    expect(ended).toBe(0);
  });

  it('waits for what is due later', async () => {
    await queue.add('later', {}, { delay: 60 * MINUTE });
    expect(await look(64)).toEqual([0, []]);
    expect((await look(66))[0]).toBe(1);
  });

  it('has patience while a job runs, but not for ever', async () => {
    let finish = (): void => undefined;
    const running = new Promise<void>((resolve) => (finish = resolve));
    const begun = new Promise<void>((resolve) => {
      const worker = new Worker(
        'watched',
        () => {
          resolve();
          return running;
        },
        { connection: queue.opts.connection },
      );
      void running.then(() => worker.close());
    });
    await queue.add('long', {});
    await begun;
    await queue.add('next', {});
    expect(await look(59)).toEqual([0, []]);
    expect((await look(61))[0]).toBe(1);
    finish();
  });

  it('says so where a queue is away, and ends nothing', async () => {
    const asked = jest.spyOn(queue, 'isPaused').mockRejectedValue(new Error('gone'));
    const away = 'queue watched cannot be looked at: Error: gone';
    expect(await look(0)).toEqual([0, [away, away]]);
    asked.mockRestore();
  });

  it('leaves a queue alone that is paused', async () => {
    await queue.add('waits', {});
    await queue.pause();
    expect(await look(10)).toEqual([0, []]);
    await queue.resume();
  });
});
