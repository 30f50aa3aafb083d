import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthService } from '../../platform/health/health.service.js';
import { MetricsService } from '../../platform/telemetry/metrics.service.js';
import { JournalWriter } from './journal.writer.js';

/** Tells how far the ledger is behind what clients were told, and whether the disk takes what they are told next. */
@Injectable()
export class JournalMetricsService implements OnModuleInit {
  constructor(
    private readonly journal: JournalWriter,
    private readonly metrics: MetricsService,
    private readonly health: HealthService,
  ) {}

  onModuleInit(): void {
    const help = 'How long the oldest record that is not in the database yet has waited';
    this.metrics.gauge('osm_journal_lag_seconds', help, () => this.journal.lagMs() / 1_000);
    this.health.register('journal', () => this.journal.check());
  }
}
