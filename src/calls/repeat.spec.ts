import { describe, expect, it } from '@jest/globals';
import { ERRORS, GatewayError, type ErrorCode } from '../core/errors.js';
import { repeatDelayMs } from './repeat.js';

const failure = (code: ErrorCode, retryAfterSeconds?: number): GatewayError =>
  new GatewayError(code, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });

describe('repeatDelayMs', () => {
  it('only failures that pass are worth another try', () => {
    const codes = Object.keys(ERRORS) as ErrorCode[];
    const repeated = codes.filter((code) => repeatDelayMs(failure(code), 1, 0.5) !== undefined);
    expect(repeated).toEqual(['upstream_error', 'overloaded']);
  });

  it('is a random part of a time that doubles', () => {
    const error = failure('upstream_error');
    const delays = [1, 2, 3, 9].map((attempts) => repeatDelayMs(error, attempts, 0.5));
    expect(delays).toEqual([125, 250, 500, 1_000]);
    expect(repeatDelayMs(error, 1, 0)).toBe(0);
  });

  it('comes on top of Retry-After, and is not waited for where that is long', () => {
    expect(repeatDelayMs(failure('overloaded', 2), 1, 0.5)).toBe(2_125);
    expect(repeatDelayMs(failure('overloaded', 3), 1, 0.5)).toBeUndefined();
  });
});
