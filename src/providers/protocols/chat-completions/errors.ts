import type { GatewayError } from '../../../core/errors.js';
import { ownEntry } from '../../../core/own-entry.js';
import type { Quirks } from '../../../core/provider.js';
import type { Target } from '../../../core/target.js';
import { isObject, objectOf, stringOf, type JsonObject } from '../json.js';
import type { UpstreamFailure } from '../protocol.js';
import { mapUpstreamError, type NativeError } from '../upstream-error.js';

const CONTEXT_LENGTH =
  /context.?length|maximum context|context window|too many tokens|prompt is too long|total tokens limit/i;

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
  const error = errorIn(root);
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

/** An error on its own, as a text, or as the first of several. */
function errorIn({ error, errors }: JsonObject): JsonObject {
  if (typeof error === 'string') return { message: error };
  return objectOf(error ?? (Array.isArray(errors) ? errors[0] : undefined));
}

/** An HTTP failure of the provider as an error of the gateway's table. */
export function fromUpstreamError(
  { status, body, retryAfterSeconds }: UpstreamFailure,
  { provider: { quirks } }: Pick<Target, 'provider'>,
): GatewayError {
  const { code } = errorIn(objectOf(Array.isArray(body) ? body[0] : body));
  const meant = ownEntry(quirks?.errorStatuses ?? {}, code) ?? status;
  return mapUpstreamError(meant, readError(body), retryAfterSeconds);
}

const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  invalid_api_key: 401,
  permission_error: 403,
  not_found_error: 404,
  model_not_found: 404,
  content_filter: 400,
  context_length_exceeded: 400,
  invalid_prompt: 400,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  tokens: 429,
  requests: 429,
  overloaded_error: 529,
  engine_overloaded_error: 529,
  server_overloaded: 503,
  service_unavailable: 503,
  service_unavailable_error: 503,
  timeout: 504,
  server_error: 500,
  api_error: 500,
};

/** Whether a body with status 200, or an event of a stream, is an error in place of an answer. */
export function isInBandError({ error, errors, object, choices }: JsonObject): boolean {
  if (isObject(error) || (typeof error === 'string' && error !== '')) return true;
  const areErrors = Array.isArray(errors) && errors.length > 0 && choices === undefined;
  return areErrors || object === 'error';
}

/** An error that came inside an answer: in a stream, or in a body with status 200. */
export function fromInBandError(body: JsonObject, quirks: Quirks | undefined): GatewayError {
  const { code, type } = { ...body, ...errorIn(body) };
  const status =
    ownEntry(quirks?.errorStatuses ?? {}, code) ??
    statusIn(code) ??
    ownEntry(STATUS_OF_TYPE, code) ??
    ownEntry(STATUS_OF_TYPE, type) ??
    statusIn(body['status_code']) ??
    500;
  return mapUpstreamError(status, readError(body), undefined);
}

/** A number that is the status of a failure. */
function statusIn(code: unknown): number | undefined {
  const status = typeof code === 'number' ? code : Number(stringOf(code));
  return status >= 400 && status < 600 ? status : undefined;
}
