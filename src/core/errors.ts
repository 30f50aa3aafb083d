/**
 * The closed table of everything that can go wrong, as the client sees it. Status, type and code are the
 * public contract; `message` is the default public sentence.
 */
export const ERRORS = {
  invalid_json: [400, 'invalid_request_error', 'The request body is not valid JSON.'],
  invalid_parameter: [400, 'invalid_request_error', 'A parameter has an invalid value.'],
  unsupported_parameter: [
    400,
    'invalid_request_error',
    'A parameter is not supported by this model.',
  ],
  model_not_priced: [400, 'invalid_request_error', 'This model has no price and cannot be billed.'],
  context_length_exceeded: [
    400,
    'invalid_request_error',
    'The request is longer than the context of the model.',
  ],
  content_filter: [
    400,
    'invalid_request_error',
    "The provider's content filter refused the request.",
  ],
  invalid_api_key: [401, 'authentication_error', 'Incorrect API key provided.'],
  insufficient_credits: [
    402,
    'billing_error',
    'The organization has not enough credit for this request.',
  ],
  budget_exceeded: [402, 'billing_error', 'A budget is exhausted.'],
  model_not_allowed: [403, 'permission_error', 'This key may not use this model.'],
  provider_not_allowed: [403, 'permission_error', 'This key may not use this provider.'],
  ip_not_allowed: [403, 'permission_error', 'This key may not be used from this address.'],
  key_disabled: [403, 'permission_error', 'This API key is disabled.'],
  key_expired: [403, 'permission_error', 'This API key has expired.'],
  role_not_allowed: [403, 'permission_error', 'This token may not do that.'],
  model_not_found: [404, 'not_found_error', 'The model does not exist.'],
  no_provider_available: [404, 'not_found_error', 'No provider is available for this model.'],
  resource_not_found: [404, 'not_found_error', 'There is no such resource.'],
  route_not_found: [404, 'not_found_error', 'There is no such route.'],
  method_not_allowed: [405, 'not_found_error', 'This route does not take this method.'],
  request_timeout: [408, 'timeout_error', 'The request body did not arrive in time.'],
  idempotency_conflict: [
    409,
    'idempotency_error',
    'This idempotency key was used with another request.',
  ],
  resource_conflict: [409, 'invalid_request_error', 'The state of the resource forbids that.'],
  precondition_failed: [
    412,
    'invalid_request_error',
    'The resource has changed since it was read.',
  ],
  request_too_large: [413, 'invalid_request_error', 'The request is too large.'],
  unsupported_media_type: [
    415,
    'invalid_request_error',
    'The request must be application/json without a content encoding.',
  ],
  rate_limit_exceeded: [429, 'rate_limit_error', 'Too many requests.'],
  upstream_rate_limited: [429, 'rate_limit_error', 'The provider limits the rate of requests.'],
  internal_error: [500, 'server_error', 'The gateway failed to process the request.'],
  upstream_error: [502, 'upstream_error', 'The provider failed to answer the request.'],
  upstream_auth_failed: [502, 'upstream_error', "The provider refused the gateway's credentials."],
  upstream_model_missing: [502, 'upstream_error', 'The provider does not know this model.'],
  overloaded: [503, 'server_error', 'The provider or the gateway is overloaded.'],
  ledger_unavailable: [
    503,
    'server_error',
    'The ledger cannot be reached; no request can be admitted.',
  ],
  upstream_timeout: [504, 'upstream_error', 'The provider did not answer in time.'],
} as const satisfies Record<string, readonly [number, string, string]>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorOptions {
  /** The public message, in place of the table's. */
  readonly message?: string;
  /** Path of the field that is wrong, for example `messages[0].role`. */
  readonly param?: string;
  /** For the log only; never leaves the gateway. */
  readonly detail?: string;
  readonly retryAfterSeconds?: number;
  /** False: an SDK must not repeat the request (header `x-should-retry: false`). */
  readonly shouldRetry?: boolean;
  /** Further headers of the answer, names and values in turn. */
  readonly headers?: readonly string[];
}

export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
  };
}

const NO_HEADERS: readonly string[] = [];

/** An error of the closed table: what the client may read, and what only the log may. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly type: string;
  readonly param: string | null;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly shouldRetry: boolean | undefined;
  readonly headers: readonly string[];

  constructor(code: ErrorCode, options: ErrorOptions = {}) {
    const [status, type, message] = ERRORS[code];
    super(options.message ?? message);
    this.name = 'GatewayError';
    this.code = code;
    this.status = status;
    this.type = type;
    this.param = options.param ?? null;
    this.detail = options.detail;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.shouldRetry = options.shouldRetry;
    this.headers = options.headers ?? NO_HEADERS;
  }

  /** The OpenAI error envelope with all four members. */
  toBody(): ErrorBody {
    return {
      error: { message: this.message, type: this.type, param: this.param, code: this.code },
    };
  }
}

/** The error of a field whose value cannot be: `param` is its path, `message` the public sentence. To be thrown. */
export function invalidParameter(param: string, message: string): GatewayError {
  return new GatewayError('invalid_parameter', { param, message });
}

/** Any thrown value as an error of the table; what is not one becomes `internal_error` with the cause as detail. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return new GatewayError('internal_error', { detail });
}
