/** What a group of a report adds up to. Amounts are decimal USD. */
export interface UsageTotals {
  /** Of each thing that is grouped by, in that order; an empty text: calls that have none. */
  readonly keys: readonly string[];
  readonly requests: bigint;
  readonly prompt_tokens: bigint;
  readonly cached_tokens: bigint;
  readonly completion_tokens: bigint;
  readonly reasoning_tokens: bigint;
  readonly charged: string;
  readonly own_credentials_cost: string;
  readonly list_cost: string;
  readonly provider_cost: string;
}
