import { Module } from '@nestjs/common';
import { TelemetryModule } from '../../platform/telemetry/telemetry.module.js';
import { AuditMetricsService } from './audit-metrics.service.js';
import { AuditRunsController } from './audit-runs.controller.js';
import { AuditRunsService } from './audit-runs.service.js';

/** What the admin API and the metrics tell of the audit. */
@Module({
  imports: [TelemetryModule],
  controllers: [AuditRunsController],
  providers: [AuditMetricsService, AuditRunsService],
})
export class AuditAdminModule {}
