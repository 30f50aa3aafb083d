import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { DatabaseService } from '../../platform/database.service.js';
import { MetricsService } from '../../platform/telemetry/metrics.service.js';
import { INVARIANTS } from './invariants.js';

interface LastRun {
  readonly age_seconds: string;
  readonly results: readonly { readonly invariant: string; readonly rows: number }[];
}

/** In the HTTP process: what the worker's last audit found, whenever the metrics are read. */
@Injectable()
export class AuditMetricsService implements OnModuleInit {
  private readonly logger = new Logger(AuditMetricsService.name);
  private readonly violations: Gauge<'invariant'> = new Gauge({
    name: 'osm_audit_violations',
    help: 'Places where the last audit found an invariant of the books broken',
    labelNames: ['invariant'] as const,
    registers: [],
    collect: () => this.read(),
  });
  private readonly age = new Gauge({
    name: 'osm_audit_age_seconds',
    help: 'How long ago the last audit ended; -1 where none has been run',
    registers: [],
  });

  constructor(
    private readonly database: DatabaseService,
    private readonly metrics: MetricsService,
  ) {}

  onModuleInit(): void {
    for (const { id } of INVARIANTS) this.violations.set({ invariant: id }, 0);
    this.age.set(-1);
    // In this order: reading the first one sets both.
    this.metrics.registry.registerMetric(this.violations);
    this.metrics.registry.registerMetric(this.age);
  }

  /** Where the database is away, what was read last stands. */
  private async read(): Promise<void> {
    try {
      const { rows } = await this.database.pool.query<LastRun>(
        `SELECT extract(epoch FROM clock_timestamp() - created_at)::text AS age_seconds, results
         FROM audit_run ORDER BY created_at DESC, id DESC LIMIT 1`,
      );
      const [last] = rows;
      if (!last) return;
      for (const { invariant, rows: broken } of last.results)
        this.violations.set({ invariant }, broken);
      this.age.set(Number(last.age_seconds));
    } catch (error) {
      this.logger.warn(`the last audit cannot be read: ${String(error)}`);
    }
  }
}
