import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { Environment } from '../env.js';
import { MetricsService } from '../telemetry/metrics.service.js';
import { LoadLimit } from './load-limit.js';

/** Two of them in a row are the second after which an overload counts. */
const WINDOW_MS = 500;
/** How often the delay is measured, ms; part of what the histogram shows. */
const RESOLUTION_MS = 10;
const NANOSECONDS = 1e6;
/** Those who are turned away come back spread over these seconds. */
const RETRY_AFTER_SECONDS = [1, 2, 3];

/**
 * Turns calls away while this process cannot keep up: its event loop is late. So those that are taken are answered in
 * time, and those that are not learn it at once.
 */
@Injectable()
export class LoadSheddingService implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Load');
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly limit: LoadLimit;
  private timer: NodeJS.Timeout | undefined;
  private running = 0;
  private peak = 0;
  private refused = 0;
  private endedCalls = 0;
  /** Made once: what they cost is taken from the calls that are answered. */
  private readonly refusals = RETRY_AFTER_SECONDS.map(refusalOf);
  private lastDelayMs = 0;

  constructor(
    environment: Environment,
    private readonly metrics: MetricsService,
  ) {
    this.limit = new LoadLimit(environment.MAX_EVENT_LOOP_DELAY_MS);
  }

  onModuleInit(): void {
    const { metrics } = this;
    metrics.gauge('osm_calls_running', 'Calls that run', () => this.running);
    metrics.gauge('osm_load_delay_seconds', 'Delay of the event loop, p99 of half a second', () =>
      Number((this.lastDelayMs / 1_000).toFixed(4)),
    );
    metrics.counter('osm_calls_shed_total', 'Calls turned away under load', () => this.refused);
    this.delay.enable();
    this.timer = setInterval(() => this.look(), WINDOW_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.delay.disable();
  }

  /** Whether a call that comes now must be turned away. */
  get isOverloaded(): boolean {
    return this.running >= this.limit.value;
  }

  /** The answer to a call that is turned away. */
  refusal(): GatewayError {
    const { refusals } = this;
    const refusal = refusals[this.refused++ % refusals.length];
    return refusal ?? refusalOf(1);
  }

  /** A call runs; `ended` must follow. */
  began(): void {
    this.running++;
    if (this.running > this.peak) this.peak = this.running;
  }

  ended(): void {
    this.running--;
    this.endedCalls++;
  }

  private look(): void {
    const { delay, limit } = this;
    this.lastDelayMs = Math.max(0, delay.percentile(99) / NANOSECONDS - RESOLUTION_MS);
    delay.reset();
    const before = limit.value;
    limit.observe(this.lastDelayMs, this.peak, this.endedCalls);
    this.peak = this.running;
    this.endedCalls = 0;
    if ((before === Infinity) === (limit.value === Infinity)) return;
    const words =
      limit.value === Infinity ? 'takes all calls again' : `turns calls beyond ${limit.value} away`;
    this.logger.warn(`${words}: the event loop is ${Math.round(this.lastDelayMs)} ms late`);
  }
}

function refusalOf(retryAfterSeconds: number): GatewayError {
  const message = 'The gateway is overloaded. Try again in a moment.';
  return new GatewayError('overloaded', { message, retryAfterSeconds });
}
