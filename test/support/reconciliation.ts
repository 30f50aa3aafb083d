import 'reflect-metadata';
import { getQueueToken } from '@nestjs/bullmq';
import { Global, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Queue } from 'bullmq';
import { EstimateQueue } from '../../src/billing/reconciliation/estimate-queue.service.js';
import { EstimateSweepService } from '../../src/billing/reconciliation/estimate-sweep.service.js';
import { RECONCILE_CALL } from '../../src/billing/reconciliation/reconcile-call-job.js';
import { ReconciliationModule } from '../../src/calls/reconciliation.module.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { PrismaService } from '../../src/platform/prisma.service.js';
import { QueuesModule } from '../../src/platform/queues.module.js';
import { SecretBoxService } from '../../src/platform/secrets/secret-box.service.js';
import { TenantDatabaseService } from '../../src/platform/tenant-database.service.js';

/** What the worker has of reconciliation, on a queue in Postgres. */
export interface ReconcilingWorker {
  readonly app: INestApplicationContext;
  readonly queue: Queue;
  readonly estimates: EstimateQueue;
}

/** Starts it; `settings` go before the defaults of the environment. */
export async function startReconcilingWorker(
  databaseUrl: string,
  settings: Partial<Environment> = {},
): Promise<ReconcilingWorker> {
  const environment = Object.assign(new Environment(), {
    DATABASE_URL: databaseUrl,
    NODE_ENV: 'test',
    ...settings,
  });
  const platform = [PrismaService, DatabaseService, SecretBoxService, TenantDatabaseService];

  @Global()
  @Module({
    providers: [{ provide: Environment, useValue: environment }, ...platform],
    exports: [Environment, ...platform],
  })
  class SettingsModule {}

  @Module({
    imports: [
      SettingsModule,
      QueuesModule.forRoot(),
      QueuesModule.queue(RECONCILE_CALL),
      ReconciliationModule,
    ],
    providers: [EstimateQueue, EstimateSweepService],
  })
  class WorkerModule {}

  const app = await NestFactory.createApplicationContext(WorkerModule, { logger: false });
  const queue = app.get<Queue>(getQueueToken(RECONCILE_CALL));
  return { app, queue, estimates: app.get(EstimateQueue) };
}
