import { describe, expect, it } from '@jest/globals';
import {
  ERRORS,
  GatewayError,
  invalidParameter,
  toGatewayError,
  type ErrorCode,
} from './errors.js';

/** The public contract, as it is promised to clients: status → type → codes. */
const CONTRACT: Readonly<Record<number, Readonly<Record<string, readonly ErrorCode[]>>>> = {
  400: {
    invalid_request_error: [
      'invalid_json',
      'invalid_parameter',
      'unsupported_parameter',
      'model_not_priced',
      'context_length_exceeded',
      'content_filter',
    ],
  },
  401: { authentication_error: ['invalid_api_key'] },
  402: { billing_error: ['insufficient_credits', 'budget_exceeded'] },
  403: {
    permission_error: [
      'model_not_allowed',
      'provider_not_allowed',
      'ip_not_allowed',
      'key_disabled',
      'key_expired',
      'role_not_allowed',
    ],
  },
  404: {
    not_found_error: [
      'model_not_found',
      'no_provider_available',
      'resource_not_found',
      'route_not_found',
    ],
  },
  405: { not_found_error: ['method_not_allowed'] },
  408: { timeout_error: ['request_timeout'] },
  409: {
    idempotency_error: ['idempotency_conflict'],
    invalid_request_error: ['resource_conflict'],
  },
  412: { invalid_request_error: ['precondition_failed'] },
  413: { invalid_request_error: ['request_too_large'] },
  415: { invalid_request_error: ['unsupported_media_type'] },
  429: { rate_limit_error: ['rate_limit_exceeded', 'upstream_rate_limited'] },
  500: { server_error: ['internal_error'] },
  502: { upstream_error: ['upstream_error', 'upstream_auth_failed', 'upstream_model_missing'] },
  503: { server_error: ['overloaded', 'ledger_unavailable'] },
  504: { upstream_error: ['upstream_timeout'] },
};

describe('the table of errors', () => {
  it('is the public contract, neither more nor less', () => {
    const promised = Object.entries(CONTRACT).flatMap(([status, types]) =>
      Object.entries(types).flatMap(([type, codes]) =>
        codes.map((code) => [code, Number(status), type] as const),
      ),
    );
    const built = Object.entries(ERRORS).map(([code, [status, type]]) => [code, status, type]);
    expect(built.sort()).toEqual(promised.map((entry) => [...entry]).sort());
  });

  it.each(Object.keys(ERRORS) as ErrorCode[])('%s fills all four members', (code) => {
    const { error } = new GatewayError(code).toBody();
    expect(error).toEqual({
      message: expect.stringMatching(/^[A-Z].*\.$/),
      type: ERRORS[code][1],
      param: null,
      code,
    });
  });
});

describe('a GatewayError', () => {
  it('shows its message and param, and keeps its detail to itself', () => {
    const error = new GatewayError('invalid_parameter', {
      message: 'n is odd.',
      param: 'n',
      detail: 'secret',
      retryAfterSeconds: 3,
      shouldRetry: false,
    });
    expect(error.toBody()).toEqual({
      error: {
        message: 'n is odd.',
        type: 'invalid_request_error',
        param: 'n',
        code: 'invalid_parameter',
      },
    });
    expect(error).toMatchObject({
      status: 400,
      detail: 'secret',
      retryAfterSeconds: 3,
      shouldRetry: false,
    });
    expect(String(error)).not.toContain('secret');
  });
});

describe('invalidParameter', () => {
  it('names the field and says the sentence, to whom sends it and to nobody else', () => {
    const error = invalidParameter('messages[0].role', 'messages[0].role is no role.');
    expect(error.status).toBe(400);
    expect(error.detail).toBeUndefined();
    expect(error.toBody()).toEqual({
      error: {
        message: 'messages[0].role is no role.',
        type: 'invalid_request_error',
        param: 'messages[0].role',
        code: 'invalid_parameter',
      },
    });
  });
});

describe('toGatewayError', () => {
  it('leaves an error of the table as it is', () => {
    const error = new GatewayError('overloaded');
    expect(toGatewayError(error)).toBe(error);
  });

  it.each([new Error('boom'), new RangeError('boom'), 'boom', { toString: () => 'boom' }])(
    'makes anything else an internal error whose cause only the log reads',
    (thrown) => {
      const error = toGatewayError(thrown);
      expect(error.code).toBe('internal_error');
      expect(error.detail).toContain('boom');
      expect(JSON.stringify(error.toBody())).not.toContain('boom');
    },
  );

  it.each([undefined, null, 0])('even %s', (thrown) => {
    expect(toGatewayError(thrown).code).toBe('internal_error');
  });
});
