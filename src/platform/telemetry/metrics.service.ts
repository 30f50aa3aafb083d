import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { CallTally, type CallLabels, type CallMeasure } from './call-tally.js';

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const CALL_LABELS = ['endpoint', 'provider', 'model', 'outcome'] as const;
const TARGET_LABELS = ['provider', 'model'] as const;
/** More than the catalogue has of offers in use; models of providers that tenants add could be without end. */
const MAX_TALLIES = 10_000;
const OTHER = 'other';

/**
 * Prometheus metrics of this process. Labels come from the catalogue and from closed lists, never from a client, and
 * beyond ten thousand of them provider and model are told as `other`, so their number is bounded. Costs here are floats
 * for graphs; money is counted in the ledger alone.
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
      collect: () => this.flush(),
    }),
  );
  private readonly tokens = this.add(
    new Counter({
      name: 'osm_tokens_total',
      help: 'Tokens of calls that ended',
      labelNames: [...TARGET_LABELS, 'kind'] as const,
      registers: [],
      collect: () => this.flush(),
    }),
  );
  private readonly cost = this.add(
    new Counter({
      name: 'osm_cost_usd_total',
      help: 'Cost of calls that ended, USD',
      labelNames: TARGET_LABELS,
      registers: [],
      collect: () => this.flush(),
    }),
  );
  private readonly duration = this.add(
    new Histogram({
      name: 'osm_call_duration_seconds',
      help: 'From the request to the end of the answer',
      labelNames: ['provider', 'outcome'] as const,
      buckets: SECONDS,
      registers: [],
      collect: () => this.flush(),
    }),
  );
  private readonly firstToken = this.add(
    new Histogram({
      name: 'osm_time_to_first_token_seconds',
      help: 'From the request to the first content of a stream',
      labelNames: ['provider'] as const,
      buckets: SECONDS,
      registers: [],
      collect: () => this.flush(),
    }),
  );

  /** By model. */
  private readonly tallies = new Map<string, CallTally[]>();
  private tallyCount = 0;

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** A call has ended. It is only counted here; prom-client, which is slower, gets the sums when somebody reads them. */
  ended(call: CallMeasure): void {
    const tally = this.tallyOf(call);
    if (tally.add(call)) this.observe(tally);
  }

  private tallyOf(labels: CallLabels): CallTally {
    const known = this.tallies.get(labels.model);
    if (known) for (const tally of known) if (tally.counts(labels)) return tally;
    if (this.tallyCount >= MAX_TALLIES && labels.model !== OTHER)
      return this.tallyOf({ ...labels, provider: OTHER, model: OTHER });
    const { endpoint, provider, model, outcome } = labels;
    const tally = new CallTally({ endpoint, provider, model, outcome });
    this.tallies.set(model, [...(known ?? []), tally]);
    this.tallyCount++;
    return tally;
  }

  private flush(): void {
    for (const tallies of this.tallies.values()) for (const tally of tallies) this.observe(tally);
  }

  private observe(tally: CallTally): void {
    const { endpoint, provider, model, outcome } = tally.labels;
    const sums = tally.take();
    if (sums.calls === 0) return;
    this.calls.inc({ endpoint, provider, model, outcome }, sums.calls);
    this.tokens.inc({ provider, model, kind: 'input' }, sums.promptTokens);
    this.tokens.inc({ provider, model, kind: 'output' }, sums.completionTokens);
    this.cost.inc({ provider, model }, sums.cost);
    const duration = this.duration.labels({ provider, outcome });
    for (const milliseconds of sums.durationsMs) duration.observe(milliseconds / 1_000);
    const firstToken = this.firstToken.labels({ provider });
    for (const milliseconds of sums.firstTokensMs) firstToken.observe(milliseconds / 1_000);
  }

  /** A figure that is asked for whenever the metrics are read. */
  gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = this.add(
      new Gauge({ name, help, registers: [], collect: () => gauge.set(read()) }),
    );
  }

  /** A count that only grows; asked for whenever the metrics are read. */
  counter(name: string, help: string, read: () => number): void {
    const collect = (): void => {
      counter.reset();
      counter.inc(read());
    };
    const counter: Counter = this.add(new Counter({ name, help, registers: [], collect }));
  }

  private add<M extends Parameters<Registry['registerMetric']>[0]>(metric: M): M {
    this.registry.registerMetric(metric);
    return metric;
  }
}
