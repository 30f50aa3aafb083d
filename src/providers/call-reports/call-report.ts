import type { Usage } from '../../core/usage.js';

/** What a provider says afterwards of one call. */
export interface ReportedCall {
  /** Absent where it tells the cost alone. */
  readonly usage?: Usage;
  /** What it takes of its caller, pico-USD. */
  readonly cost: bigint;
}

/** How a provider is asked what one call used and cost. Pure. */
export interface CallReport {
  /** Path below the base URL, for a GET; `upstreamId` is the provider's own id of the answer. */
  pathOf(upstreamId: string): string;
  /** Reads the body of its answer; undefined where it does not (yet) hold a cost. */
  read(body: unknown): ReportedCall | undefined;
}
