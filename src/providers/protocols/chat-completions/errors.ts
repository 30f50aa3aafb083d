import type { GatewayError } from '../../../core/errors.js';
import { ownEntry } from '../../../core/own-entry.js';
import { isObject, objectOf, stringOf, type JsonObject } from '../json.js';
import type { UpstreamFailure } from '../protocol.js';
import { mapUpstreamError, type NativeError } from '../upstream-error.js';

const CONTEXT_LENGTH =
  /context.?length|maximum context|context window|too many tokens|prompt is too long/i;

/** Codes and types of errors that say the same: OpenAI, Perplexity, llama.cpp. */
const CONTEXT_LENGTH_CODES: ReadonlySet<string> = new Set([
  'context_length_exceeded',
  'too_many_prompt_tokens',
  'exceed_context_size_error',
]);

/** The code with which Azure's filter refuses a prompt. */
const CONTENT_FILTER = 'content_filter';
/** xAI answers so with status 400. */
const BAD_KEY = /^incorrect api key/i;

/** Finds the words of a failure in the error bodies that speakers of this dialect send. */
export function readError(body: unknown): NativeError {
  const root = objectOf(Array.isArray(body) ? body[0] : body);
  const error =
    typeof root['error'] === 'string' ? { message: root['error'] } : objectOf(root['error']);
  const message =
    stringOf(error['message']) ??
    stringOf(root['message']) ??
    stringOf(root['detail']) ??
    stringOf(root['error_message']);
  const codes = [error['code'], error['type'], root['code']].map(stringOf);
  return {
    message,
    param: stringOf(error['param']),
    contentFilter: codes.includes(CONTENT_FILTER),
    badCredential: message !== undefined && BAD_KEY.test(message),
    contextLength:
      codes.some((code) => code !== undefined && CONTEXT_LENGTH_CODES.has(code)) ||
      (message !== undefined && CONTEXT_LENGTH.test(message)),
  };
}

/** An HTTP failure of the provider as an error of the gateway's table. */
export function fromUpstreamError(failure: UpstreamFailure): GatewayError {
  return mapUpstreamError(failure.status, readError(failure.body), failure.retryAfterSeconds);
}

const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  invalid_api_key: 401,
  permission_error: 403,
  not_found_error: 404,
  model_not_found: 404,
  content_filter: 400,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  tokens: 429,
  requests: 429,
  overloaded_error: 529,
  server_error: 500,
  api_error: 500,
};

/** Whether a body with status 200, or an event of a stream, is an error in place of an answer. */
export function isInBandError(body: JsonObject): boolean {
  const { error, object } = body;
  return isObject(error) || (typeof error === 'string' && error !== '') || object === 'error';
}

/** An error that came inside an answer: in a stream, or in a body with status 200. */
export function fromInBandError(body: JsonObject): GatewayError {
  const error = isObject(body['error']) ? body['error'] : body;
  const code = error['code'];
  const numeric = typeof code === 'number' ? code : Number(stringOf(code));
  const status =
    numeric >= 400 && numeric < 600
      ? numeric
      : (ownEntry(STATUS_OF_TYPE, code) ?? ownEntry(STATUS_OF_TYPE, error['type']) ?? 500);
  return mapUpstreamError(status, readError(body), undefined);
}
