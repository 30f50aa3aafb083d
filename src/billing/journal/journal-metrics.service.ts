import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { HealthService } from '../../platform/health/health.service.js';
import { MetricsService } from '../../platform/telemetry/metrics.service.js';
import { JournalWriter } from './journal.writer.js';

/** A record is posted within a second. */
const ALARM_MS = 30_000;

/** Tells how far the ledger is behind what clients were told, and whether the disk takes what they are told next. */
@Injectable()
export class JournalMetricsService
  implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown
{
  private readonly logger = new Logger(JournalMetricsService.name);
  private timer: NodeJS.Timeout | undefined;

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

  /** Seen from here, so that it is said also where the worker is stopped, or was never started. */
  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), ALARM_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const lag = this.journal.lagMs();
    if (lag < ALARM_MS) return;
    const seconds = Math.round(lag / 1_000);
    this.logger.error(`nobody has posted this journal for ${seconds} s: is the worker running?`);
  }
}
