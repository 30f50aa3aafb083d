import type { ErrorCode, GatewayError } from '../core/errors.js';

/** Failures that may be over in a moment, of a target that has not answered. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['overloaded', 'upstream_error']);

/** A provider that wants more patience than this is not asked again within the call, s. */
const LONGEST_RETRY_AFTER = 2;
/** The n-th wait is a random part of this, doubled n times, up to the longest, ms. */
const BASE_MS = 250;
const LONGEST_MS = 2_000;

/**
 * How long to wait until a target that failed is asked the same again, ms: what it asked for, and a random time on top
 * (full jitter), so that those who failed together do not come back together. Undefined where asking again is no use.
 * @param attempts of the call so far
 * @param random from 0 to below 1
 */
export function repeatDelayMs(
  error: GatewayError,
  attempts: number,
  random: number,
): number | undefined {
  const retryAfter = error.retryAfterSeconds ?? 0;
  if (!PASSING.has(error.code) || retryAfter > LONGEST_RETRY_AFTER) return undefined;
  const spread = Math.min(LONGEST_MS, BASE_MS * 2 ** (attempts - 1));
  return retryAfter * 1_000 + random * spread;
}
