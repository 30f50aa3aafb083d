import { GatewayError } from '../../core/errors.js';
import { formatUsd, parseUsd } from '../../core/money.js';
import { PIECE } from './amount.js';
import type { Limit, Quota } from './limit.js';
import type { LeaseRefusal, QuotaKind, QuotaScope, QuotaWindow } from './quota.js';
import { rateLimitHeaders } from './rate-limit-headers.js';
import type { Refusal } from './slice.js';

/** How long a final refusal is believed, ms. */
const REMEMBERED_MS = 250;

/** What is counted by a limit that is neither the wallet nor a budget. */
const COUNTED: Readonly<Record<QuotaKind, readonly [one: string, many: string]>> = {
  credit: ['USD', 'USD'],
  budget: ['USD', 'USD'],
  requests_per_minute: ['request per minute', 'requests per minute'],
  tokens_per_minute: ['token per minute', 'tokens per minute'],
  requests_per_day: ['request per day', 'requests per day'],
  concurrency: ['request at a time', 'requests at a time'],
};

const SCOPES: Readonly<Record<QuotaScope, string>> = {
  organization: 'organization',
  project: 'project',
  member: 'member',
  api_key: 'API key',
  tag: 'tag',
  free_models: 'free models of the organization',
};

const WINDOWS: Readonly<Record<QuotaWindow, string>> = {
  total: '',
  minute: ' per minute',
  day: ' per day',
  week: ' per week',
  month: ' per month',
};

/** How long Retry-After is where nobody knows when there is room again, s. */
const SOON_S = 1;
const SECOND_MS = 1_000;

/** What Postgres answered at `now` (monotonic, ms), `answeredAt` by its own clock (ms since the epoch). */
export function refusalOf(
  need: bigint,
  { left, reset_ms }: LeaseRefusal,
  now: number,
  answeredAt: number,
): Refusal {
  return {
    need,
    left: parseUsd(left),
    resetsAt: reset_ms === null ? undefined : now + reset_ms,
    resetsAtDate: reset_ms === null ? undefined : wholeSecond(answeredAt + reset_ms),
    until: now + Math.min(reset_ms ?? REMEMBERED_MS, REMEMBERED_MS),
  };
}

/** Windows begin at whole seconds; what two clocks and their rounding add to that is no part of it. */
function wholeSecond(milliseconds: number): number {
  return Math.round(milliseconds / SECOND_MS) * SECOND_MS;
}

/** The answer to a call that one of its limits refuses. */
export function refusalError(
  { quota, slice }: Limit,
  refusal: Refusal,
  limits: readonly Limit[],
  now: number,
): GatewayError {
  switch (quota.kind) {
    case 'credit':
      return insufficientCredits(refusal);
    case 'budget':
      return budgetExceeded(quota, slice.cap, refusal);
    default: {
      const headers = rateLimitHeaders(limits, now);
      return rateLimitExceeded(quota, slice.cap, refusal, now, headers);
    }
  }
}

function insufficientCredits({ left, need }: Pick<Refusal, 'left' | 'need'>): GatewayError {
  return new GatewayError('insufficient_credits', {
    message: `The wallet of the organization has ${formatUsd(left)} USD left; this request may cost up to ${formatUsd(need)} USD.`,
    shouldRetry: false,
  });
}

function budgetExceeded(quota: Quota, cap: bigint, refusal: Refusal): GatewayError {
  const { left, need, resetsAtDate } = refusal;
  const resets =
    resetsAtDate === undefined
      ? 'It does not reset.'
      : `It resets at ${new Date(resetsAtDate).toISOString()}.`;
  return new GatewayError('budget_exceeded', {
    message:
      `The budget of the ${scopeOf(quota)}, ${formatUsd(cap)} USD${WINDOWS[quota.window]}, has ${formatUsd(left)} USD ` +
      `left; this request may cost up to ${formatUsd(need)} USD. ${resets}`,
    shouldRetry: false,
  });
}

function rateLimitExceeded(
  quota: Quota,
  cap: bigint,
  { need, resetsAt }: Refusal,
  now: number,
  headers: readonly string[],
): GatewayError {
  const [one, many] = COUNTED[quota.kind];
  const limit = `the limit of the ${scopeOf(quota)}: ${formatUsd(cap)} ${cap === PIECE ? one : many}`;
  if (need > cap) {
    // Waiting does not help. Only tokens can be fewer; what else is larger than its limit passes one of 0.
    const message =
      quota.kind === 'tokens_per_minute'
        ? `This request may use up to ${formatUsd(need)} tokens, more than ${limit}. A lower max_tokens makes it smaller.`
        : `This request passes ${limit}.`;
    return new GatewayError('rate_limit_exceeded', { message, headers, shouldRetry: false });
  }
  const seconds =
    resetsAt === undefined ? SOON_S : Math.max(1, Math.ceil((resetsAt - now) / 1_000));
  return new GatewayError('rate_limit_exceeded', {
    message: `This request passes ${limit}. Try again in ${seconds} s.`,
    headers,
    retryAfterSeconds: seconds,
  });
}

function scopeOf({ scope, scopeId, tagName, tagValue }: Quota): string {
  if (scope === 'free_models') return SCOPES[scope];
  if (scope === 'tag') return `tag ${tagName ?? ''}${tagValue === null ? '' : `=${tagValue}`}`;
  return `${SCOPES[scope]} ${scopeId}`;
}

/** An organization that was never given any credit. */
export function noWallet(need: bigint): GatewayError {
  return insufficientCredits({ left: 0n, need });
}

/** No call can be admitted right now, and it is nobody's limit. */
export function ledgerUnavailable(detail: string): GatewayError {
  return new GatewayError('ledger_unavailable', { detail, retryAfterSeconds: SOON_S });
}
