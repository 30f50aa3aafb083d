import { describe, expect, it } from '@jest/globals';
import { ERRORS, GatewayError, type ErrorCode } from '../core/errors.js';
import { exhausted, mayFallBack } from './fallback.js';

describe('mayFallBack', () => {
  it('blames the target, never the request or the gateway', () => {
    const codes = (Object.keys(ERRORS) as ErrorCode[]).filter((code) =>
      mayFallBack(new GatewayError(code)),
    );
    expect(codes.sort()).toEqual([
      'overloaded',
      'upstream_auth_failed',
      'upstream_error',
      'upstream_model_missing',
      'upstream_rate_limited',
      'upstream_timeout',
    ]);
  });
});

describe('exhausted', () => {
  const error = new GatewayError('upstream_rate_limited', {
    message: 'Busy.',
    param: 'n',
    detail: 'secret',
    retryAfterSeconds: 7,
  });

  it('after one attempt an SDK may try again', () => {
    expect(exhausted(error, 1)).toBe(error);
  });

  it('after more it must not; all else stays', () => {
    const final = exhausted(error, 2);
    expect(final).toMatchObject({
      code: 'upstream_rate_limited',
      message: 'Busy.',
      param: 'n',
      detail: 'secret',
      retryAfterSeconds: 7,
      shouldRetry: false,
    });
    expect(exhausted(new GatewayError('overloaded'), 3)).toMatchObject({
      param: null,
      shouldRetry: false,
    });
  });
});
