import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Deadlines } from '../platform/deadlines.adapter.js';
import { Environment } from '../platform/env.js';
import { MetricsService } from '../platform/telemetry/metrics.service.js';
import type { Plan } from '../providers/index.js';

/**
 * Answers that are read on after their client has left, because their provider bills them to the end and tells its
 * figures there. There are so many at a time, and none takes longer than CLIENT_DRAIN_TIMEOUT_MS.
 */
@Injectable()
export class ClientDrainsService implements OnModuleInit {
  private readonly deadlines: Deadlines;
  private readonly limit: number;
  private readonly running = new Set<() => void>();
  private begun = 0;
  private refused = 0;

  constructor(
    environment: Environment,
    private readonly metrics: MetricsService,
  ) {
    this.deadlines = new Deadlines(environment.CLIENT_DRAIN_TIMEOUT_MS);
    this.limit = environment.MAX_CLIENT_DRAINS;
  }

  onModuleInit(): void {
    const { metrics } = this;
    const help = 'Answers that are read on for clients that have left';
    metrics.gauge('osm_client_drains_running', help, () => this.running.size);
    metrics.counter('osm_client_drains_total', 'Such answers so far', () => this.begun);
    metrics.counter(
      'osm_client_drains_refused_total',
      'Answers broken off because too many are read on already',
      () => this.refused,
    );
  }

  /**
   * The client of an answer has left. Undefined where the answer is to be broken off; else it may be read on, until
   * `onOver` is called or its reader calls what it was given.
   */
  begin({ target }: Plan, onOver: () => void): (() => void) | undefined {
    if (target.provider.onClientGone !== 'drain') return undefined;
    if (this.running.size >= this.limit) {
      this.refused++;
      return undefined;
    }
    this.begun++;
    const over = (): void => {
      end();
      onOver();
    };
    const deadline = this.deadlines.begin(over);
    const end = (): void => {
      this.deadlines.met(deadline);
      this.running.delete(over);
    };
    this.running.add(over);
    return end;
  }

  /** Breaks off all that still run. */
  stop(): void {
    for (const over of [...this.running]) over();
  }
}
