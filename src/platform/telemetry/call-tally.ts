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

export type CallLabels = Pick<CallMeasure, 'endpoint' | 'provider' | 'model' | 'outcome'>;

/** Sums over the calls of the same labels since they were last taken. */
export interface CallSums {
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** USD, for graphs only. */
  readonly cost: number;
  readonly durationsMs: readonly number[];
  readonly firstTokensMs: readonly number[];
}

/** Single durations that are kept at most. */
const MAX_KEPT = 1_024;

/** Counts the calls of the same labels with a few additions each. */
export class CallTally {
  private calls = 0;
  private promptTokens = 0;
  private completionTokens = 0;
  private cost = 0;
  private durationsMs: number[] = [];
  private firstTokensMs: number[] = [];

  constructor(readonly labels: CallLabels) {}

  /** Whether a call with these labels is counted here. */
  counts({ endpoint, provider, model, outcome }: CallLabels): boolean {
    const { labels } = this;
    return (
      labels.outcome === outcome &&
      labels.provider === provider &&
      labels.endpoint === endpoint &&
      labels.model === model
    );
  }

  /** True when enough has come together that it should be taken. */
  add(call: CallMeasure): boolean {
    this.calls += 1;
    this.promptTokens += call.promptTokens;
    this.completionTokens += call.completionTokens;
    this.cost += Number(call.cost);
    this.durationsMs.push(call.durationMs);
    if (call.timeToFirstTokenMs !== undefined) this.firstTokensMs.push(call.timeToFirstTokenMs);
    return this.durationsMs.length >= MAX_KEPT;
  }

  take(): CallSums {
    const { calls, promptTokens, completionTokens, cost, durationsMs, firstTokensMs } = this;
    this.calls = this.promptTokens = this.completionTokens = this.cost = 0;
    this.durationsMs = [];
    this.firstTokensMs = [];
    return { calls, promptTokens, completionTokens, cost, durationsMs, firstTokensMs };
  }
}
