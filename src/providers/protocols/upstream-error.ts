import { GatewayError, type ErrorCode } from '../../core/errors.js';

/** What a protocol read from the error body of a provider. */
export interface NativeError {
  readonly message: string | undefined;
  readonly param?: string | undefined;
  /** The provider's own words say that the input is longer than the model's context. */
  readonly contextLength?: boolean;
  /** The provider's filter of contents refused the input. */
  readonly contentFilter?: boolean;
  /** From the body, where the provider tells it there. */
  readonly retryAfterSeconds?: number | undefined;
  /** A 400 that in truth blames the gateway's key (Gemini's API_KEY_INVALID). */
  readonly badCredential?: boolean;
}

const MAX_MESSAGE = 1_000;
const DEFAULT_RETRY_SECONDS = 1;

/** The code of product.md's table for a provider's HTTP status. */
function codeFor(status: number, error: NativeError): ErrorCode {
  if (error.badCredential) return 'upstream_auth_failed';
  switch (status) {
    case 400:
    case 422:
      if (error.contentFilter) return 'content_filter';
      return error.contextLength ? 'context_length_exceeded' : 'invalid_parameter';
    case 413:
      return 'request_too_large';
    case 401:
    case 403:
      return 'upstream_auth_failed';
    case 404:
      return 'upstream_model_missing';
    case 429:
      return 'upstream_rate_limited';
    case 408:
    case 504:
      return 'upstream_timeout';
    case 503:
    case 529:
      return 'overloaded';
    default:
      return 'upstream_error';
  }
}

/** Control characters out, secrets out, bounded: a provider's sentence that may be shown to a client. */
export function cleanMessage(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .replace(/\b(?:sk|gsk|xai|osm|osmadm|key|AIza)[-_]?[A-Za-z0-9_*-]{12,}/g, '[redacted]')
    .replace(/\bya29\.[A-Za-z0-9._-]{12,}/g, '[redacted]')
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[redacted]')
    .slice(0, MAX_MESSAGE)
    .trim();
}

const WAIT = /try again in (?:(\d{1,4})h)?(?:(\d{1,4})m(?!s))?(?:(\d{1,6}(?:\.\d{1,6})?)(m?)s)?\b/i;

/** How long to wait where only the words say it, as OpenAI's and Groq's do (`1m7.66s`, `380ms`); seconds. */
function waitIn(words: string): number | undefined {
  const [found, hours, minutes, rest, milli] = WAIT.exec(words) ?? [];
  if (found === undefined || (hours ?? minutes ?? rest) === undefined) return undefined;
  const seconds = Number(rest ?? 0) / (milli ? 1_000 : 1);
  return Number(hours ?? 0) * 3_600 + Number(minutes ?? 0) * 60 + seconds;
}

/**
 * A provider's failure as an error of the gateway. Only what blames the client's request (400, 413, 422, 429)
 * carries the provider's words; the rest keeps them as internal detail.
 */
export function mapUpstreamError(
  status: number,
  native: NativeError,
  retryAfterSeconds: number | undefined,
): GatewayError {
  const code = codeFor(status, native);
  const words = native.message === undefined ? undefined : cleanMessage(native.message);
  const detail = `provider answered ${status}${words ? `: ${words}` : ''}`;
  const retryAfter = retryAfterSeconds ?? native.retryAfterSeconds ?? waitIn(words ?? '');
  const waits = code === 'upstream_rate_limited' || code === 'overloaded';
  const showsWords =
    code === 'invalid_parameter' ||
    code === 'context_length_exceeded' ||
    code === 'content_filter' ||
    code === 'request_too_large' ||
    code === 'upstream_rate_limited';
  return new GatewayError(code, {
    detail,
    ...(showsWords && words ? { message: words } : {}),
    ...(native.param ? { param: native.param } : {}),
    ...(waits
      ? { retryAfterSeconds: Math.max(1, Math.ceil(retryAfter ?? DEFAULT_RETRY_SECONDS)) }
      : {}),
  });
}
