import { describe, expect, it } from '@jest/globals';
import { failureIn, failureOf } from './failure.js';

describe('failureOf', () => {
  it.each([
    [400, 'some field is wrong', 400, ['invalid_parameter']],
    [422, 'some field is wrong', 400, ['invalid_parameter']],
    [400, 'prompt is too long: 3 tokens > 2 maximum', 400, ['context_length_exceeded']],
    [400, '{"reason":"API_KEY_INVALID"}', 502, ['upstream_auth_failed']],
    [403, '', 502, ['upstream_auth_failed']],
    [404, '', 502, ['upstream_model_missing']],
    [429, '', 429, ['upstream_rate_limited']],
    [500, '', 502, ['upstream_error']],
    [529, '', 503, ['overloaded']],
  ])('maps %d (%s) to %d', (status, body, answered, codes) => {
    expect(failureOf(status, body)).toEqual({ status: answered, codes });
  });
});

describe('failureIn', () => {
  it('goes by the name of the error where it has no number', () => {
    expect(failureIn({ error: { type: 'rate_limit_error' } })).toEqual({
      status: 429,
      codes: ['upstream_rate_limited'],
    });
  });

  it('finds none in an answer', () => {
    expect(failureIn({ error: null, choices: [] })).toBeUndefined();
  });
});
