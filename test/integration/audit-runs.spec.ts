import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { getQueueToken } from '@nestjs/bullmq';
import { Global, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Queue } from 'bullmq';
import { AuditJobsModule } from '../../src/billing/audit/audit-jobs.module.js';
import {
  AUDIT_SCHEDULE,
  AuditQueue,
  LEDGER_AUDIT,
} from '../../src/billing/audit/audit-queue.service.js';
import { MoneyAdminModule } from '../../src/billing/wallets/money-admin.module.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { QueuesModule } from '../../src/platform/queues.module.js';
import { MetricsService } from '../../src/platform/telemetry/metrics.service.js';
import { startAdminApi, type AdminApi } from '../support/admin.js';
import { until } from '../support/tenant.js';

let api: AdminApi;
let queue: Queue;
let closeWorker: () => Promise<void>;
let errors: string[] = [];

beforeAll(async () => {
  for (const level of ['warn', 'log'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
  jest.spyOn(Logger.prototype, 'error').mockImplementation((text) => {
    errors.push(String(text));
  });
  api = await startAdminApi({ more: [MoneyAdminModule] });
  const environment = Object.assign(new Environment(), { DATABASE_URL: api.databaseUrl });

  @Global()
  @Module({
    providers: [{ provide: Environment, useValue: environment }, DatabaseService],
    exports: [Environment, DatabaseService],
  })
  class SettingsModule {}

  @Module({ imports: [SettingsModule, QueuesModule.forRoot(), AuditJobsModule] })
  class WorkerModule {}

  const worker = await NestFactory.createApplicationContext(WorkerModule, { logger: false });
  queue = worker.get<Queue>(getQueueToken(LEDGER_AUDIT));
  await worker.get(AuditQueue).schedule();
  closeWorker = () => worker.close();
}, 60_000);
afterAll(async () => {
  await closeWorker();
  await api.close();
  jest.restoreAllMocks();
});

const metrics = (): Promise<string> => api.app.get(MetricsService).registry.metrics();

/** How many audits of everything there are. */
async function fullRuns(): Promise<number> {
  const { body } = await api.operator.get('/admin/v1/audit-runs?scope=full');
  return (body as { data: unknown[] }).data.length;
}

async function auditAll(): Promise<void> {
  const before = await fullRuns();
  await queue.add('full', {});
  await until(async () => (await fullRuns()) > before, 'an audit');
}

describe('the audit as a job', () => {
  it('is scheduled once, every five minutes and every night', async () => {
    const schedulers = await queue.getJobSchedulers();
    expect(
      schedulers.map(({ name, every, pattern }) => [name, Number(every), pattern ?? null]).sort(),
    ).toEqual([
      ['full', expect.any(Number), AUDIT_SCHEDULE.full.pattern],
      ['incremental', AUDIT_SCHEDULE.incremental.every, null],
    ]);
  });

  it('tells what it found: in the log, in the metrics, and to operators', async () => {
    errors = [];
    await auditAll();
    expect(errors).toEqual([]);
    expect(await metrics()).toContain('osm_audit_violations{invariant="I17"} 0');
    await api.rows.query(
      `INSERT INTO poster_reject (kind, segment, record, error) VALUES ('gap', 's', 'r', '7 is missing')`,
    );
    await auditAll();
    expect(errors).toEqual([expect.stringMatching(/^audit I17 is broken 1 times .*7 is missing/)]);
    expect(await metrics()).toContain('osm_audit_violations{invariant="I17"} 1');
    expect(await metrics()).toMatch(/osm_audit_age_seconds \d/);
    const { status, body } = await api.operator.get('/admin/v1/audit-runs?scope=full&limit=1');
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({
        has_more: true,
        data: [
          expect.objectContaining({
            object: 'audit_run',
            since: null,
            violations: 1,
            failures: 0,
            results: [
              {
                invariant: 'I17',
                meaning: expect.any(String),
                rows: 1,
                examples: [{ subject: 'gap in s', detail: '7 is missing' }],
                error: null,
              },
            ],
          }),
        ],
      }),
    ]);
  });

  it('is for operators only', async () => {
    const organization = await api.makeOrganization();
    expect((await organization.as('owner').get('/admin/v1/audit-runs')).status).toBe(403);
  });
});
