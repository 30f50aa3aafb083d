import { PIECE } from './amount.js';
import type { Limit } from './limit.js';
import type { QuotaKind } from './quota.js';

const MINUTE_S = 60;

type Measure = 'requests' | 'tokens';

function measureOf(kind: QuotaKind): Measure | undefined {
  switch (kind) {
    case 'requests_per_minute':
    case 'requests_per_day':
      return 'requests';
    case 'tokens_per_minute':
      return 'tokens';
    default:
      return undefined;
  }
}

const NONE: readonly string[] = [];
/** A window may end while a call is admitted in it, ms. */
const JUST_ENDED_MS = 1_000;

/**
 * `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` as names and values in turn, of the limit with the least
 * remaining of each; none where no limit holds. What remains is what nobody had leased when Postgres was asked last and
 * what is in hand here; a limit of whose window Postgres has told nothing here is left out.
 * Form: platform.openai.com/docs/guides/rate-limits, "Rate limits in headers".
 */
export function rateLimitHeaders(limits: readonly Limit[], now: number): readonly string[] {
  let requests: Limit | undefined;
  let tokens: Limit | undefined;
  for (const limit of limits) {
    if (now - limit.slice.endsAt >= JUST_ENDED_MS) continue;
    const measure = measureOf(limit.quota.kind);
    if (measure === 'requests') requests = tighter(requests, limit);
    else if (measure === 'tokens') tokens = tighter(tokens, limit);
  }
  if (!requests && !tokens) return NONE;
  const headers: string[] = [];
  if (requests) addHeaders(headers, 'requests', requests, now);
  if (tokens) addHeaders(headers, 'tokens', tokens, now);
  return headers;
}

function tighter(one: Limit | undefined, other: Limit): Limit {
  return one && remainingOf(one) <= remainingOf(other) ? one : other;
}

function remainingOf({ slice }: Limit): bigint {
  return slice.left + slice.inHand;
}

function addHeaders(headers: string[], measure: Measure, limit: Limit, now: number): void {
  const { slice } = limit;
  headers.push(
    `x-ratelimit-limit-${measure}`,
    (slice.cap / PIECE).toString(),
    `x-ratelimit-remaining-${measure}`,
    (remainingOf(limit) / PIECE).toString(),
    `x-ratelimit-reset-${measure}`,
    durationText(slice.endsAt - now),
  );
}

/** Milliseconds as `1s`, `6m0s` or `1h0m0s`, rounded up. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  const minutes = Math.floor(seconds / MINUTE_S);
  const rest = `${seconds % MINUTE_S}s`;
  if (minutes === 0) return rest;
  if (minutes < MINUTE_S) return `${minutes}m${rest}`;
  return `${Math.floor(minutes / MINUTE_S)}h${minutes % MINUTE_S}m${rest}`;
}
