import { count, isJson, object, objects, optionalText, parse, text, type Json } from '../json.js';
import type { ErrorReading } from './reading.js';

/** product.md, "What the provider answered": status of the provider → status and code of the gateway. */
const BY_STATUS: Readonly<Record<number, readonly [number, string]>> = {
  400: [400, 'invalid_parameter'],
  422: [400, 'invalid_parameter'],
  413: [413, 'request_too_large'],
  401: [502, 'upstream_auth_failed'],
  403: [502, 'upstream_auth_failed'],
  404: [502, 'upstream_model_missing'],
  429: [429, 'upstream_rate_limited'],
  408: [504, 'upstream_timeout'],
  504: [504, 'upstream_timeout'],
  503: [503, 'overloaded'],
  529: [503, 'overloaded'],
};

/** What the names of errors inside a stream stand for, where no number is told. */
const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

const TOO_LONG =
  /prompt is too long|too many tokens|context (length|size|window)|maximum context|input (token count|is too long)|messages is too long|too_many_prompt_tokens|exceed_context_size|max(imum)? context/i;
const BAD_KEY = /api_key_invalid|api key not valid|incorrect api key/i;
const UNSUPPORTED = /unsupported_(parameter|value)/i;

/** The error that the gateway must make of an HTTP answer with this status and body. */
export function failureOf(status: number, body: string): ErrorReading {
  const [answered, code] = BY_STATUS[status] ?? [502, 'upstream_error'];
  if (answered !== 400) return { status: answered, codes: [code] };
  // A refused key is the gateway's, whatever number the provider gives it.
  if (BAD_KEY.test(body)) return { status: 502, codes: ['upstream_auth_failed'] };
  if (TOO_LONG.test(body)) return { status: 400, codes: ['context_length_exceeded'] };
  return { status: 400, codes: UNSUPPORTED.test(body) ? [code, 'unsupported_parameter'] : [code] };
}

/** The error that a payload inside a 200 answer tells, or undefined if it tells none. */
export function failureIn(payload: Json): ErrorReading | undefined {
  const error = payload['error'];
  if (error === undefined || error === null) return undefined;
  return failureOf(statusOf(object(error)), JSON.stringify(error));
}

/** A stream that ended before the provider said that the answer was complete. */
export const BROKEN_OFF: ErrorReading = { status: 502, codes: ['upstream_error'] };

function statusOf(error: Json): number {
  const told = [error['status_code'], error['code'], error['status']]
    .map(numeric)
    .find(isErrorStatus);
  return told ?? STATUS_OF_TYPE[text(error['type'])] ?? STATUS_OF_TYPE[text(error['code'])] ?? 500;
}

function numeric(value: unknown): number {
  return optionalText(value) === undefined ? count(value) : Number(value);
}

function isErrorStatus(status: number): boolean {
  return Number.isInteger(status) && status >= 400 && status < 600;
}

/** The payloads of a list of JSON texts; what is not JSON is left out. */
export function payloadsOf(sources: readonly string[]): Json[] {
  return sources.flatMap((source) => {
    const parsed = parse(source);
    return isJson(parsed) ? [parsed] : objects(parsed);
  });
}
