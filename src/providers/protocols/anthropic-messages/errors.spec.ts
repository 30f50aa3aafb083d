import { describe, expect, it } from '@jest/globals';
import { fromInBandError, fromUpstreamError } from './errors.js';

const body = (type: string, message: string) => ({ type: 'error', error: { type, message } });

describe('fromUpstreamError', () => {
  it.each([
    [400, 'prompt is too long: 9 tokens > 8 maximum', 400, 'context_length_exceeded'],
    [
      400,
      'input length and `max_tokens` exceed context limit: 9 + 1 > 8',
      400,
      'context_length_exceeded',
    ],
    [400, 'messages.0: bad', 400, 'invalid_parameter'],
    [400, 'Your credit balance is too low to access the API.', 502, 'upstream_auth_failed'],
    [401, 'invalid x-api-key', 502, 'upstream_auth_failed'],
    [404, 'model: x', 502, 'upstream_model_missing'],
    [413, 'Request exceeds the maximum size', 413, 'request_too_large'],
    [429, 'slow down', 429, 'upstream_rate_limited'],
    [500, 'Internal server error', 502, 'upstream_error'],
    [529, 'Overloaded', 503, 'overloaded'],
  ])('%d %s', (status, message, expected, code) => {
    const failure = { status, body: body('some_error', message), retryAfterSeconds: 7 };
    expect(fromUpstreamError(failure)).toMatchObject({ status: expected, code });
  });

  it('keeps the words where they concern the client, and the time to wait', () => {
    const failure = {
      status: 429,
      body: body('rate_limit_error', 'slow down'),
      retryAfterSeconds: 7,
    };
    expect(fromUpstreamError(failure)).toMatchObject({
      message: 'slow down',
      retryAfterSeconds: 7,
    });
  });

  it.each(['<html>', null, [], { error: 'no' }])('reads any body: %j', (anything) => {
    const failure = { status: 503, body: anything, retryAfterSeconds: undefined };
    expect(fromUpstreamError(failure).code).toBe('overloaded');
  });
});

it.each([
  ['invalid_request_error', 'invalid_parameter'],
  ['authentication_error', 'upstream_auth_failed'],
  ['permission_error', 'upstream_auth_failed'],
  ['not_found_error', 'upstream_model_missing'],
  ['request_too_large', 'request_too_large'],
  ['rate_limit_error', 'upstream_rate_limited'],
  ['api_error', 'upstream_error'],
  ['timeout_error', 'upstream_timeout'],
  ['overloaded_error', 'overloaded'],
  ['constructor', 'upstream_error'],
])('in-band %s is %s', (type, code) => {
  expect(fromInBandError(body(type, 'words')).code).toBe(code);
});
