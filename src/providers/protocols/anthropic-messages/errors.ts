import type { GatewayError } from '../../../core/errors.js';
import { objectOf, stringOf } from '../json.js';
import type { UpstreamFailure } from '../protocol.js';
import { mapUpstreamError, type NativeError } from '../upstream-error.js';
import { ownEntry } from '../../../core/own-entry.js';

/** Source: docs.anthropic.com/en/api/errors. */
const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

const CONTEXT_LENGTH =
  /prompt is too long|exceeds? (?:the )?context (?:limit|window)|maximum context length/i;

/** Sent as a 400, though the request is well: the account behind the gateway's key has run dry. */
const OUT_OF_CREDIT = /credit balance is too low/i;

function readError(body: unknown): NativeError {
  const root = objectOf(Array.isArray(body) ? body[0] : body);
  const { error } = root;
  const message =
    stringOf(objectOf(error)['message']) ?? stringOf(root['message']) ?? stringOf(error);
  return {
    message,
    contextLength: message !== undefined && CONTEXT_LENGTH.test(message),
    badCredential: message !== undefined && OUT_OF_CREDIT.test(message),
  };
}

/** An HTTP failure of the provider as an error of the gateway's table. */
export function fromUpstreamError(failure: UpstreamFailure): GatewayError {
  return mapUpstreamError(failure.status, readError(failure.body), failure.retryAfterSeconds);
}

/** An error that came inside an answer, by its type: an event of a stream, or a body with status 200. */
export function fromInBandError(body: unknown): GatewayError {
  const { type } = objectOf(objectOf(body)['error']);
  return mapUpstreamError(ownEntry(STATUS_OF_TYPE, type) ?? 500, readError(body), undefined);
}
