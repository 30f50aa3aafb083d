import { describe, expect, it } from '@jest/globals';
import { fromInBandError, fromUpstreamError } from './errors.js';

const failure = (status: number, body: unknown) =>
  fromUpstreamError({ status, body, retryAfterSeconds: undefined });
const error = (fields: Record<string, unknown>) => ({ error: fields });

describe('errors of Gemini', () => {
  it('blame the key where the details do', () => {
    const details = [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' },
    ];
    expect(failure(400, error({ message: 'x', details })).code).toBe('upstream_auth_failed');
    expect(failure(400, error({ message: 'x' })).code).toBe('invalid_parameter');
  });

  it('say when to come back', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' }];
    expect(failure(429, error({ details })).retryAfterSeconds).toBe(35);
    expect(failure(429, error({ details: [{ retryDelay: '9s' }] })).retryAfterSeconds).toBe(1);
  });

  it('tell a prompt that is too long, also in an array of one', () => {
    const message = 'The input token count (9) exceeds the maximum number of tokens allowed (8).';
    expect(failure(400, [error({ message })])).toMatchObject({
      code: 'context_length_exceeded',
      message,
    });
  });

  it('do not name the project that pays', () => {
    const message = "for consumer 'project_number:348' in projects/348/locations/x";
    expect(failure(429, error({ message })).message).toBe(
      "for consumer 'project_number' in projects/locations/x",
    );
  });

  it.each([[undefined], ['<html>'], [[]], [{ error: 'text' }]])('may have any body: %j', (body) => {
    expect(failure(503, body).code).toBe('overloaded');
  });
});

describe('an error inside an answer', () => {
  it.each([
    [{ code: 429, status: 'RESOURCE_EXHAUSTED' }, 'upstream_rate_limited'],
    [{ code: 8, status: 'RESOURCE_EXHAUSTED' }, 'upstream_rate_limited'],
    [{ status: 'INVALID_ARGUMENT' }, 'invalid_parameter'],
    [{ status: 'PERMISSION_DENIED' }, 'upstream_auth_failed'],
    [{ status: 'DEADLINE_EXCEEDED' }, 'upstream_timeout'],
    [{ status: 'UNAVAILABLE' }, 'overloaded'],
    [{ status: 'INTERNAL' }, 'upstream_error'],
    [{}, 'upstream_error'],
  ])('%j', (fields, code) => {
    expect(fromInBandError(error(fields)).code).toBe(code);
  });
});
