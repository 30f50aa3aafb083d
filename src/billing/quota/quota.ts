/**
 * The words of limits: what the tables `quota` and `lease`, the functions that lease and post, and the journal mean by
 * them. Amounts are exact to twelve decimals: dollars of the kinds `credit` and `budget`, pieces of the others; bigint
 * in units of 10⁻¹² (`core/money.ts` reads and writes them), decimal text in JSON.
 */
export const QUOTA_KINDS = [
  'credit',
  'budget',
  'requests_per_minute',
  'tokens_per_minute',
  'requests_per_day',
  'concurrency',
] as const;
export type QuotaKind = (typeof QUOTA_KINDS)[number];

/** `free_models`: all calls of an organization to models that cost nothing. */
export const QUOTA_SCOPES = [
  'organization',
  'project',
  'member',
  'api_key',
  'tag',
  'free_models',
] as const;
export type QuotaScope = (typeof QUOTA_SCOPES)[number];

/** Calendar windows in the quota's time zone, or counted from its anchor. */
export const QUOTA_WINDOWS = ['total', 'minute', 'day', 'week', 'month'] as const;
export type QuotaWindow = (typeof QUOTA_WINDOWS)[number];

/** Whether a limit is in dollars. What an estimate did not cost stays set aside for these alone. */
export function isMoney(kind: QuotaKind): boolean {
  return kind === 'credit' || kind === 'budget';
}

/** The wallet of an organization is the quota with this id. */
export function walletId(organizationId: string): string {
  return `credit:${organizationId}`;
}

/** Which window of its quota an amount belongs to: the second since 1970 at which it began, 0 of a total. */
export type Period = number;

/** In an open record: what is set aside of a quota while the call runs. */
export type HoldEntry = readonly [quota: string, period: Period, hold: string, kind: QuotaKind];

/**
 * In a close record. `taken` leaves the slice of the process for good, and so does `kept`, which stays set aside under
 * the call until its estimate is replaced; hold − taken − kept is the process's again. More than the hold may be taken
 * where the slice in hand had it. `cost` is what counts against the quota, whether or not a slice was there. What repeats
 * itself is left out: `kept` where it is 0, then `cost` where it is what was taken, then `taken` where it is the hold. What
 * was held of a `concurrency` limit has no entry: nothing of it leaves the slice.
 */
export type UseEntry = readonly [
  quota: string,
  period: Period,
  hold: string,
  taken?: string,
  cost?: string,
  kept?: string,
];

/** A window that has passed its edge has no slices any more; `reset_ms` and `left_ms` count from the database's now. */
export interface LeaseAnswer {
  /** Indexes into `needs` of the calls that got all of what they need. */
  readonly granted: readonly number[];
  readonly refused: readonly LeaseRefusal[];
  readonly extra: readonly (readonly [quota: string, amount: string])[];
  /** Every quota that was named: cap with the credit limit, and what nobody has spent or leased. */
  readonly quotas: readonly (readonly [
    quota: string,
    period: Period,
    left_ms: number | null,
    cap: string,
    left: string,
  ])[];
  /** Quotas in hand that others ran short of; only where the call needed nothing itself. */
  readonly recalled: readonly string[];
  /** Milliseconds since the epoch, by the database's clock. */
  readonly now: number;
}

export interface LeaseRefusal {
  /** Index into `needs`. */
  readonly need: number;
  readonly quota: string;
  /** Until the window ends; null of a total. */
  readonly reset_ms: number | null;
  /** Whether slices that others give back could not help either. */
  readonly final: boolean;
  /** What nobody has spent; where that would do, what nobody has leased either. */
  readonly left: string;
}

/** Answer to a process that may not lease any more: it ends its calls and exits. */
export interface FencedAnswer {
  readonly fenced: true;
}
