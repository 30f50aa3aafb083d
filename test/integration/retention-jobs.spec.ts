import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { getQueueToken } from '@nestjs/bullmq';
import { Global, Logger, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Queue } from 'bullmq';
import { ExpiryService } from '../../src/billing/retention/expiry.service.js';
import { OrganizationContentService } from '../../src/billing/retention/organization-content.service.js';
import { PartitionsService } from '../../src/billing/retention/partitions.service.js';
import {
  RETENTION,
  RETENTION_JOBS,
  RetentionQueue,
  type RetentionJob,
} from '../../src/billing/retention/retention-queue.service.js';
import { RetentionModule } from '../../src/billing/retention/retention.module.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { QueuesModule } from '../../src/platform/queues.module.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/tenant.js';

let database: TestDatabase;
let app: INestApplicationContext;
let queue: Queue;
let done: Record<RetentionJob, number>;

beforeAll(async () => {
  for (const level of ['warn', 'log'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
  done = Object.fromEntries(Object.keys(RETENTION_JOBS).map((name) => [name, 0])) as typeof done;
  const count = (name: RetentionJob) => () => Promise.resolve(++done[name]);
  jest
    .spyOn(OrganizationContentService.prototype, 'sweep')
    .mockImplementation(count('erase-organizations'));
  jest.spyOn(ExpiryService.prototype, 'bodies').mockImplementation(count('expire-bodies'));
  jest.spyOn(ExpiryService.prototype, 'log').mockImplementation(count('expire-log'));
  jest
    .spyOn(ExpiryService.prototype, 'idempotency')
    .mockImplementation(count('expire-idempotency-records'));
  jest.spyOn(PartitionsService.prototype, 'dropEmpty').mockImplementation(count('partitions'));
  database = await createTestDatabase();
  const environment = Object.assign(new Environment(), { DATABASE_URL: database.appUrl });

  @Global()
  @Module({
    providers: [{ provide: Environment, useValue: environment }, DatabaseService],
    exports: [Environment, DatabaseService],
  })
  class SettingsModule {}

  @Module({ imports: [SettingsModule, QueuesModule.forRoot(), RetentionModule] })
  class TestModule {}

  app = await NestFactory.createApplicationContext(TestModule, { logger: false });
  queue = app.get<Queue>(getQueueToken(RETENTION));
});
afterAll(async () => {
  await app.close();
  await database.drop();
  jest.restoreAllMocks();
});

describe('the jobs of retention', () => {
  it('are scheduled, each once, however often that is asked for', async () => {
    const scheduled = async () => {
      const schedulers = await queue.getJobSchedulers();
      return schedulers.map(({ name, every }) => [name, Number(every)]).sort();
    };
    const wanted = Object.entries(RETENTION_JOBS).sort();
    expect(await scheduled()).toEqual(wanted);
    await Promise.all([app.get(RetentionQueue).schedule(), app.get(RetentionQueue).schedule()]);
    expect(await scheduled()).toEqual(wanted);
  });

  it.each(Object.keys(RETENTION_JOBS) as RetentionJob[])(
    '%s is done by the worker',
    async (name) => {
      const before = done[name];
      await queue.add(name, {});
      await until(() => done[name] > before, name);
    },
  );

  it('that nobody knows are passed over', async () => {
    const before = { ...done };
    for (const name of ['constructor', 'unknown']) await queue.add(name, {});
    await queue.add('expire-log', {});
    await until(() => done['expire-log'] > before['expire-log'], 'the job behind it');
    expect(await queue.getJobCountByTypes('failed')).toBe(0);
  });

  it('make the partitions at the start of the worker, too', async () => {
    const ensure = jest.spyOn(app.get(PartitionsService), 'ensure');
    await app.get(PartitionsService).onApplicationBootstrap();
    expect(ensure).toHaveBeenCalledTimes(1);
    ensure.mockRejectedValueOnce(new Error('away'));
    await app.get(PartitionsService).onApplicationBootstrap();
  });

  it('that fail are told, and are done again when their time comes', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn');
    jest.spyOn(ExpiryService.prototype, 'log').mockRejectedValueOnce(new Error('away'));
    await queue.add('expire-log', {});
    await until(
      () => warn.mock.calls.some(([text]) => String(text).includes('expire-log failed')),
      'telling',
    );
  });

  it('are scheduled later where the queue is away', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn');
    const upsert = jest.spyOn(queue, 'upsertJobScheduler').mockRejectedValueOnce(new Error('away'));
    await app.get(RetentionQueue).schedule();
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('scheduled later'));
    upsert.mockRestore();
  });
});
