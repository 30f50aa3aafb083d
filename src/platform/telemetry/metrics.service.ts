import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What a call that has ended adds to the metrics. */
export interface CallMeasure {
  readonly endpoint: string;
  readonly provider: string;
  readonly model: string;
  readonly outcome: string;
  readonly durationMs: number;
  readonly timeToFirstTokenMs: number | undefined;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Decimal USD. */
  readonly cost: string;
}

/** The series of the calls that have the same labels. */
interface Series {
  readonly calls: Counter.Internal;
  readonly duration: Histogram.Internal<string>;
  readonly firstToken: Histogram.Internal<string>;
  readonly input: Counter.Internal;
  readonly output: Counter.Internal;
  readonly cost: Counter.Internal;
}

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const CALL_LABELS = ['endpoint', 'provider', 'model', 'outcome'] as const;
const TARGET_LABELS = ['provider', 'model'] as const;

/**
 * Prometheus metrics of this process. Labels come from the catalogue and from closed lists, never from a client, so
 * their number is bounded. Costs here are floats for graphs; money is counted in the ledger alone.
 */
@Injectable()
export class MetricsService {
  readonly registry = new Registry();
  private readonly calls = this.add(
    new Counter({
      name: 'osm_calls_total',
      help: 'Calls that ended',
      labelNames: CALL_LABELS,
      registers: [],
    }),
  );
  private readonly tokens = this.add(
    new Counter({
      name: 'osm_tokens_total',
      help: 'Tokens of calls that ended',
      labelNames: [...TARGET_LABELS, 'kind'] as const,
      registers: [],
    }),
  );
  private readonly cost = this.add(
    new Counter({
      name: 'osm_cost_usd_total',
      help: 'Cost of calls that ended, USD',
      labelNames: TARGET_LABELS,
      registers: [],
    }),
  );
  private readonly duration = this.add(
    new Histogram({
      name: 'osm_call_duration_seconds',
      help: 'From the request to the end of the answer',
      labelNames: ['provider', 'outcome'] as const,
      buckets: SECONDS,
      registers: [],
    }),
  );
  private readonly firstToken = this.add(
    new Histogram({
      name: 'osm_time_to_first_token_seconds',
      help: 'From the request to the first content of a stream',
      labelNames: ['provider'] as const,
      buckets: SECONDS,
      registers: [],
    }),
  );

  private readonly series = new Map<string, Series>();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** A call has ended. */
  ended(call: CallMeasure): void {
    const series = this.seriesOf(call);
    series.calls.inc();
    series.duration.observe(call.durationMs / 1_000);
    if (call.timeToFirstTokenMs !== undefined) {
      series.firstToken.observe(call.timeToFirstTokenMs / 1_000);
    }
    if (call.promptTokens > 0) series.input.inc(call.promptTokens);
    if (call.completionTokens > 0) series.output.inc(call.completionTokens);
    if (call.cost !== '0') series.cost.inc(Number(call.cost));
  }

  /** The series that a call counts in; looked up by its labels once. */
  private seriesOf({ endpoint, provider, model, outcome }: CallMeasure): Series {
    const key = `${endpoint} ${provider} ${outcome} ${model}`;
    const known = this.series.get(key);
    if (known) return known;
    const series = {
      calls: this.calls.labels({ endpoint, provider, model, outcome }),
      duration: this.duration.labels({ provider, outcome }),
      firstToken: this.firstToken.labels({ provider }),
      input: this.tokens.labels({ provider, model, kind: 'input' }),
      output: this.tokens.labels({ provider, model, kind: 'output' }),
      cost: this.cost.labels({ provider, model }),
    };
    this.series.set(key, series);
    return series;
  }

  /** A figure that is asked for whenever the metrics are read. */
  gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = this.add(
      new Gauge({ name, help, registers: [], collect: () => gauge.set(read()) }),
    );
  }

  private add<M extends Parameters<Registry['registerMetric']>[0]>(metric: M): M {
    this.registry.registerMetric(metric);
    return metric;
  }
}
