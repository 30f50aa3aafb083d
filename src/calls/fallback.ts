import { GatewayError, type ErrorCode } from '../core/errors.js';
import type { Plan } from '../providers/index.js';

/** Most targets that one call may try. */
export const MAX_ATTEMPTS = 3;

/** Failures of a target; another may well answer. What blames the request would fail there too. */
const FAULT_OF_TARGET: ReadonlySet<ErrorCode> = new Set([
  'upstream_error',
  'upstream_auth_failed',
  'upstream_model_missing',
  'upstream_rate_limited',
  'upstream_timeout',
  'overloaded',
]);

/** Failures of a key; another one of the same provider may well be accepted. */
const FAULT_OF_CREDENTIAL: ReadonlySet<ErrorCode> = new Set([
  'upstream_auth_failed',
  'upstream_rate_limited',
]);

/** The plans that a call may come to: those of the first offers, each with its further credentials behind it. */
export function plansToTry(plans: readonly Plan[], allowFallback: boolean): readonly Plan[] {
  if (!allowFallback) return plans.slice(0, 1);
  if (plans.length <= MAX_ATTEMPTS) return plans;
  const offers = new Set<unknown>();
  const end = plans.findIndex(({ target }) => offers.add(target.offer).size > MAX_ATTEMPTS);
  return end < 0 ? plans : plans.slice(0, end);
}

/**
 * The plan to try after one that failed like this, as the last of so many attempts; undefined where the call has
 * failed. A further credential of the same offer is tried only where the one before it was to blame.
 * @param choose picks among those that may be tried, which come in their order
 */
export function planAfter(
  failed: Plan,
  error: GatewayError,
  plans: readonly Plan[],
  attempts: number,
  choose: (rest: readonly Plan[]) => Plan | undefined = ([first]) => first,
): Plan | undefined {
  if (attempts >= MAX_ATTEMPTS || !FAULT_OF_TARGET.has(error.code)) return undefined;
  // What was found by a search makes another plan of it, with the same target.
  const rest = plans.slice(plans.findIndex(({ target }) => target === failed.target) + 1);
  if (FAULT_OF_CREDENTIAL.has(error.code)) return choose(rest);
  return choose(rest.filter(({ target }) => target.offer !== failed.target.offer));
}

/**
 * The error of a call whose targets have all been tried, or that is charged: an SDK that repeats it would try them all
 * again, or pay twice.
 */
export function exhausted(error: GatewayError, attempts: number, isBilled = false): GatewayError {
  if (attempts < 2 && !isBilled) return error;
  return new GatewayError(error.code, {
    message: error.message,
    ...(error.param === null ? {} : { param: error.param }),
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.retryAfterSeconds === undefined
      ? {}
      : { retryAfterSeconds: error.retryAfterSeconds }),
    shouldRetry: false,
  });
}
