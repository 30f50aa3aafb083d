import type { GatewayError } from '../../../core/errors.js';
import { isObject, listOf, objectOf, stringOf, type JsonObject } from '../json.js';
import type { UpstreamFailure } from '../protocol.js';
import { mapUpstreamError, type NativeError } from '../upstream-error.js';

const CONTEXT_LENGTH = /exceeds the maximum number of tokens|input token count/i;
/** The number of the project that pays, which is nobody's business but the operator's. */
const ACCOUNT = /(project_number|projects)[:/]\d+/g;
const DURATION = /^(\d+(?:\.\d+)?)s$/;

/** HTTP statuses of the codes of google.rpc.Code. Source: cloud.google.com/apis/design/errors. */
const STATUS_OF_CODE: ReadonlyMap<string, number> = new Map([
  ['INVALID_ARGUMENT', 400],
  ['FAILED_PRECONDITION', 400],
  ['OUT_OF_RANGE', 400],
  ['UNAUTHENTICATED', 401],
  ['PERMISSION_DENIED', 403],
  ['NOT_FOUND', 404],
  ['RESOURCE_EXHAUSTED', 429],
  ['UNAVAILABLE', 503],
  ['DEADLINE_EXCEEDED', 504],
]);
const UNKNOWN_STATUS = 500;

/** The `error` member of a body, which may also be an array of one. */
function errorOf(body: unknown): JsonObject {
  const root = objectOf(Array.isArray(body) ? body[0] : body);
  return objectOf(root['error']);
}

function detailsOf(error: JsonObject): JsonObject[] {
  return listOf(error['details']).filter(isObject);
}

function retrySeconds(details: readonly JsonObject[]): number | undefined {
  const info = details.find((detail) => stringOf(detail['@type'])?.endsWith('.RetryInfo'));
  const seconds = DURATION.exec(stringOf(info?.['retryDelay']) ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/** Reads google.rpc.Status: the words, whether the key is to blame, and when to come back, in seconds. */
export function readError(body: unknown): NativeError {
  const error = errorOf(body);
  const details = detailsOf(error);
  const message = stringOf(error['message'])?.replaceAll(ACCOUNT, '$1');
  return {
    message,
    contextLength: message !== undefined && CONTEXT_LENGTH.test(message),
    retryAfterSeconds: retrySeconds(details),
    badCredential: details.some((detail) => detail['reason'] === 'API_KEY_INVALID'),
  };
}

/** An HTTP failure of the provider as an error of the gateway's table. */
export function fromUpstreamError(failure: UpstreamFailure): GatewayError {
  return mapUpstreamError(failure.status, readError(failure.body), failure.retryAfterSeconds);
}

/** An error that came inside an answer, with status 200: its own code says which one it is. */
export function fromInBandError(body: unknown): GatewayError {
  const { code, status } = errorOf(body);
  const isHttpStatus = typeof code === 'number' && code >= 400 && code < 600;
  const known = isHttpStatus ? code : STATUS_OF_CODE.get(stringOf(status) ?? '');
  return mapUpstreamError(known ?? UNKNOWN_STATUS, readError(body), undefined);
}
