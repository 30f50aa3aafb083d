import type { GatewayError } from '../../../core/errors.js';
import { fromInBandError, readError } from '../chat-completions/errors.js';
import { isObject, stringOf, type JsonObject } from '../json.js';
import { mapUpstreamError } from '../upstream-error.js';

/** Codes that blame the request. Source: OpenAI OpenAPI 2.3.0, schema ResponseErrorCode. */
const OF_THE_REQUEST =
  /^(?:invalid_(?:prompt|image|base64)|image_|empty_image|unsupported_|failed_to_download|bio_policy|content_filter|data_residency|context_length)/;

/** An error inside an answer: an event, or what a response that failed holds. */
export function fromAnswerError(value: unknown): GatewayError {
  const error: JsonObject = isObject(value) ? value : {};
  const body = { error };
  return OF_THE_REQUEST.test(stringOf(error['code']) ?? '')
    ? mapUpstreamError(400, readError(body), undefined)
    : fromInBandError(body, undefined);
}
