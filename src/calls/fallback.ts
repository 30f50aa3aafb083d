import { GatewayError, type ErrorCode } from '../core/errors.js';

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

/** Whether another target may be asked after this failure. */
export function mayFallBack(error: GatewayError): boolean {
  return FAULT_OF_TARGET.has(error.code);
}

/** The error of a call whose targets have all been tried: an SDK that repeats it would try them all again. */
export function exhausted(error: GatewayError, attempts: number): GatewayError {
  if (attempts < 2) return error;
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
