import { describe, expect, it } from '@jest/globals';
import { fromStreamError, fromUpstreamError } from './errors.js';

const failure = (status: number, message: string, errorType?: string) => ({
  status,
  body: { message },
  retryAfterSeconds: 4,
  errorType,
});

describe('fromUpstreamError', () => {
  it.each([
    [400, 'messages.0 is blank', undefined, 400, 'invalid_parameter'],
    [400, 'Input is too long for requested model.', undefined, 400, 'context_length_exceeded'],
    [400, 'Too many tokens per day', 'ServiceQuotaExceededException', 429, 'upstream_rate_limited'],
    [400, 'The token has expired', 'ExpiredTokenException', 502, 'upstream_auth_failed'],
    [
      403,
      'The security token is invalid.',
      'UnrecognizedClientException:http://i.amazon.com/',
      502,
      'upstream_auth_failed',
    ],
    [404, 'end of its life', 'ResourceNotFoundException', 502, 'upstream_model_missing'],
    [408, 'slow', 'ModelTimeoutException', 504, 'upstream_timeout'],
    [424, 'oh', 'ModelErrorException', 502, 'upstream_error'],
    [429, 'slow down', undefined, 429, 'upstream_rate_limited'],
    [429, 'warming up', 'com.amazon#ModelNotReadyException', 503, 'overloaded'],
    [500, 'oh', undefined, 502, 'upstream_error'],
    [503, 'oh', undefined, 503, 'overloaded'],
    [418, 'oh', 'constructor', 502, 'upstream_error'],
  ])('%d %s %s', (status, message, type, expected, code) => {
    expect(fromUpstreamError(failure(status, message, type))).toMatchObject({
      status: expected,
      code,
    });
  });

  it('tells nobody the account', () => {
    const error = fromUpstreamError(
      failure(400, 'No arn:aws:bedrock:us-east-1:123456789012:profile/x for 123456789012'),
    );
    expect(error.message).toBe('No … for …');
  });

  it.each([null, '<html>', []])('reads any body: %j', (body) => {
    expect(fromUpstreamError({ status: 503, body, retryAfterSeconds: undefined }).code).toBe(
      'overloaded',
    );
  });
});

it.each([
  ['validationException', 'invalid_parameter'],
  ['throttlingException', 'upstream_rate_limited'],
  ['modelStreamErrorException', 'upstream_error'],
  ['serviceUnavailableException', 'overloaded'],
  ['BadFrame', 'upstream_error'],
])('in a stream %s is %s', (type, code) => {
  expect(fromStreamError({ __type: type, message: 'words' }).code).toBe(code);
});
