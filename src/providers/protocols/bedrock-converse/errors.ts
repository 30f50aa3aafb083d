import { GatewayError } from '../../../core/errors.js';
import { ownEntry } from '../../../core/own-entry.js';
import { objectOf, stringOf } from '../json.js';
import type { UpstreamFailure } from '../protocol.js';
import { mapUpstreamError, type NativeError } from '../upstream-error.js';

/**
 * What an exception means, as an HTTP status of its kind. A quota that is used up comes as a 400 and a model that is
 * not loaded yet as a 429, though neither blames the request.
 * Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html, Errors.
 */
const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  validationexception: 400,
  unrecognizedclientexception: 401,
  expiredtokenexception: 401,
  invalidsignatureexception: 401,
  incompletesignatureexception: 401,
  missingauthenticationtokenexception: 401,
  accessdeniedexception: 403,
  resourcenotfoundexception: 404,
  modeltimeoutexception: 408,
  throttlingexception: 429,
  servicequotaexceededexception: 429,
  toomanyrequestsexception: 429,
  modelnotreadyexception: 503,
  serviceunavailableexception: 503,
  internalserverexception: 500,
  modelerrorexception: 500,
  modelstreamerrorexception: 500,
};

const CONTEXT_LENGTH =
  /(?:input|prompt) is too long|exceeds? (?:the |model )?(?:maximum )?context|maximum context length|too many input tokens/i;

/** Numbers of accounts and names within them are nobody's business but the operator's. */
const ACCOUNT = /arn:aws[a-z-]*:[^\s"',]+|\b\d{12}\b/g;

function readError(body: unknown): NativeError {
  const { message, Message } = objectOf(body);
  const words = (stringOf(message) ?? stringOf(Message))?.replaceAll(ACCOUNT, '…');
  return { message: words, contextLength: words !== undefined && CONTEXT_LENGTH.test(words) };
}

/** Names come with a namespace before them or an address behind: `com.amazon…#Name`, `Name:http://…`. */
function statusOf(type: string | undefined): number | undefined {
  const name = type?.split(':')[0]?.split('#').at(-1);
  return ownEntry(STATUS_OF_TYPE, name?.toLowerCase());
}

/** An HTTP failure as an error of the gateway's table. */
export function fromUpstreamError(failure: UpstreamFailure): GatewayError {
  const { status, body, errorType, retryAfterSeconds } = failure;
  const type = errorType ?? stringOf(objectOf(body)['__type']);
  return mapUpstreamError(statusOf(type) ?? status, readError(body), retryAfterSeconds);
}

/** An exception in the middle of a stream. */
export function fromStreamError(body: unknown): GatewayError {
  const type = stringOf(objectOf(body)['__type']);
  return mapUpstreamError(statusOf(type) ?? 500, readError(body), undefined);
}
