import type { GatewayError } from '../../../core/errors.js';
import { objectOf, stringOf } from '../json.js';
import type { UpstreamFailure } from '../protocol.js';
import { mapUpstreamError, type NativeError } from '../upstream-error.js';

/** An invalid token has a status of its own here. Source: docs.cohere.com/reference/errors. */
const INVALID_TOKEN = 498;

const CONTEXT_LENGTH = /too many tokens|size limit exceeded|maximum context length/i;

function readError(body: unknown): NativeError {
  const { message, error } = objectOf(body);
  const words = stringOf(message) ?? stringOf(error) ?? stringOf(objectOf(error)['message']);
  return { message: words, contextLength: words !== undefined && CONTEXT_LENGTH.test(words) };
}

/** An HTTP failure as an error of the gateway's table. */
export function fromUpstreamError({ status, body, ...failure }: UpstreamFailure): GatewayError {
  const known = status === INVALID_TOKEN ? 401 : status;
  return mapUpstreamError(known, readError(body), failure.retryAfterSeconds);
}

/** A failure inside an answer, with the status of its kind. */
export function fromInBandError(body: unknown, status = 500): GatewayError {
  return mapUpstreamError(status, readError(body), undefined);
}
