import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MetricsService } from '../../platform/telemetry/metrics.service.js';
import { JournalWriter } from './journal.writer.js';

/** Tells how far the ledger is behind what clients were told. */
@Injectable()
export class JournalMetricsService implements OnModuleInit {
  constructor(
    private readonly journal: JournalWriter,
    private readonly metrics: MetricsService,
  ) {}

  onModuleInit(): void {
    const help = 'How long the oldest record that is not in the database yet has waited';
    this.metrics.gauge('osm_journal_lag_seconds', help, () => this.journal.lagMs() / 1_000);
  }
}
