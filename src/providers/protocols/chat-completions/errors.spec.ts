import { describe, expect, it } from '@jest/globals';
import { makeTarget } from '../../../../test/support/target.js';
import { fromInBandError, fromUpstreamError, isInBandError } from './errors.js';

function of(status: number, body: unknown, retryAfterSeconds?: number) {
  return fromUpstreamError({ status, body, retryAfterSeconds }, makeTarget());
}

describe('fromUpstreamError', () => {
  it.each([
    ['OpenAI', { error: { message: 'bad n', param: 'n', code: null } }, 'bad n', 'n'],
    ['an error that is a string', { error: 'bad n' }, 'bad n', null],
    ['message at the top', { object: 'error', message: 'bad n' }, 'bad n', null],
    ['detail', { detail: 'bad n' }, 'bad n', null],
    ['the first of several', { errors: [{ message: 'bad n' }, { message: 'x' }] }, 'bad n', null],
    ['a list of one', [{ error: { message: 'bad n' } }], 'bad n', null],
    ['nothing', {}, 'A parameter has an invalid value.', null],
    ['no JSON', undefined, 'A parameter has an invalid value.', null],
    [
      'detail as a list',
      { detail: [{ loc: ['body'] }] },
      'A parameter has an invalid value.',
      null,
    ],
  ])('finds the words of %s', (_who, body, message, param) => {
    expect(of(400, body)).toMatchObject({ code: 'invalid_parameter', message, param });
  });

  it.each(['sk-abcdefgh12345678', 'ya29.abcdefgh12345678', 'eyJhbGciOiJ9.eyJpYW1faWQi.c2ln'])(
    'shows nobody a key or token: %s',
    (token) => {
      const { message } = of(400, { error: { message: `bad n, asked with ${token} here` } });
      expect(message).toBe('bad n, asked with [redacted] here');
    },
  );

  it('blames the gateway for a refused key, whatever the status', () => {
    const body = { code: 'invalid-argument', error: 'Incorrect API key provided.' };
    expect(of(400, body).code).toBe('upstream_auth_failed');
  });

  it('goes by the code where the provider’s status says something else', () => {
    const target = makeTarget({ provider: { quirks: { errorStatuses: { quota: 429 } } } });
    const codeOf = (code: string) =>
      fromUpstreamError(
        { status: 403, body: { errors: [{ code, message: 'x' }] }, retryAfterSeconds: undefined },
        target,
      ).code;
    expect(codeOf('quota')).toBe('upstream_rate_limited');
    expect(codeOf('other')).toBe('upstream_auth_failed');
    expect(codeOf('constructor')).toBe('upstream_auth_failed');
  });

  it.each([
    [400, 'invalid_parameter'],
    [422, 'invalid_parameter'],
    [401, 'upstream_auth_failed'],
    [403, 'upstream_auth_failed'],
    [404, 'upstream_model_missing'],
    [408, 'upstream_timeout'],
    [413, 'request_too_large'],
    [429, 'upstream_rate_limited'],
    [500, 'upstream_error'],
    [502, 'upstream_error'],
    [503, 'overloaded'],
    [504, 'upstream_timeout'],
    [529, 'overloaded'],
    [302, 'upstream_error'],
    [418, 'upstream_error'],
  ])('%i → %s', (status, code) => {
    expect(of(status, { error: { message: 'x' } }).code).toBe(code);
  });

  it.each([
    [{ error: { code: 'context_length_exceeded', message: 'x' } }],
    [{ error: { message: "This model's maximum context length is 8192 tokens." } }],
    [{ message: 'Prompt is too long' }],
    [{ error: { message: 'too many tokens in the prompt' } }],
    [{ error: { type: 'too_many_prompt_tokens', message: 'x', code: 400 } }],
    [{ error: { type: 'exceed_context_size_error', message: 'x', code: 400 } }],
  ])('knows a context that is too long: %j', (body) => {
    expect(of(400, body).code).toBe('context_length_exceeded');
  });

  it('shows the provider’s words only where they blame the request', () => {
    const body = { error: { message: 'the words' } };
    for (const status of [400, 413, 422, 429]) expect(of(status, body).message).toBe('the words');
    for (const status of [401, 403, 404, 500, 503]) {
      expect(of(status, body).message).not.toContain('the words');
      expect(of(status, body).detail).toContain('the words');
    }
  });

  it('takes keys, control characters and length out of the words', () => {
    const keys = 'sk-abcdefghijklmnop1234 ya29.c.b0Aaek-abcdefghijklm';
    const message = `keys ${keys} in\r\nheader ${'x'.repeat(2_000)}`;
    const shown = of(400, { error: { message } }).message;
    expect(shown).toMatch(/^keys \[redacted\] \[redacted\] in header x+$/);
    expect(shown).toHaveLength(1_000);
  });

  it.each([
    [429, undefined, 1],
    [429, 7.2, 8],
    [429, 0, 1],
    [503, 3, 3],
    [500, 3, undefined],
  ])('%i with Retry-After %s: %s s', (status, given, expected) => {
    expect(of(status, {}, given).retryAfterSeconds).toBe(expected);
  });
});

describe('an error inside an answer', () => {
  it.each([
    [{ error: {} }, true],
    [{ error: 'x' }, true],
    [{ object: 'error' }, true],
    [{ errors: [{}] }, true],
    [{ errors: [] }, false],
    [{ errors: [{}], choices: [] }, false],
    [{ error: null }, false],
    [{ error: '' }, false],
    [{ object: 'chat.completion.chunk' }, false],
  ])('%j: %s', (body, expected) => {
    expect(isInBandError(body)).toBe(expected);
  });

  it.each([
    [{ error: { code: 503 } }, 'overloaded'],
    [{ error: { code: '502' } }, 'upstream_error'],
    [{ error: { code: 'rate_limit_exceeded' } }, 'upstream_rate_limited'],
    [{ error: { type: 'overloaded_error' } }, 'overloaded'],
    [{ error: { type: 'authentication_error' } }, 'upstream_auth_failed'],
    [{ error: { code: 'content_filter' } }, 'content_filter'],
    [{ error: { code: 'context_length_exceeded', message: 'no' } }, 'context_length_exceeded'],
    [{ error: { type: 'engine_overloaded_error' } }, 'overloaded'],
    [{ error: { code: 'timeout' } }, 'upstream_timeout'],
    [{ error: { code: 200 } }, 'upstream_error'],
    [{ error: { code: 'toString', type: 'constructor' } }, 'upstream_error'],
    [{ error: 'words' }, 'upstream_error'],
    [{ errors: [{ code: 'x' }], status_code: 503 }, 'overloaded'],
    [{ errors: [{ code: 429 }], status_code: 503 }, 'upstream_rate_limited'],
    [{ errors: [{ code: 'x' }], status_code: 200 }, 'upstream_error'],
    [{ object: 'error', type: 'invalid_request_error', message: 'no' }, 'invalid_parameter'],
  ])('%j → %s', (body, code) => {
    expect(fromInBandError(body, undefined).code).toBe(code);
  });
});
