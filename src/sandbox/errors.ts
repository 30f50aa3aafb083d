import type { Protocol, Refusal } from './types.js';

export interface NativeError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Kind {
  readonly openai: string;
  readonly code: string | null;
  readonly anthropic: string;
  readonly gemini: string;
  readonly message: string;
}

const INTERNAL: Kind = {
  openai: 'server_error',
  code: null,
  anthropic: 'api_error',
  gemini: 'INTERNAL',
  message: 'The server had an error while processing your request.',
};

const invalid = (message: string, anthropic = 'invalid_request_error'): Kind => ({
  openai: 'invalid_request_error',
  code: null,
  anthropic,
  gemini: 'INVALID_ARGUMENT',
  message,
});

const overloaded = (message: string, anthropic: string): Kind => ({
  openai: 'server_error',
  code: null,
  anthropic,
  gemini: 'UNAVAILABLE',
  message,
});

const KINDS: ReadonlyMap<number, Kind> = new Map([
  [400, invalid('The request is invalid.')],
  [
    401,
    {
      ...invalid('Incorrect API key provided.', 'authentication_error'),
      code: 'invalid_api_key',
      gemini: 'UNAUTHENTICATED',
    },
  ],
  [
    403,
    {
      ...invalid('You are not allowed to use this model.', 'permission_error'),
      gemini: 'PERMISSION_DENIED',
    },
  ],
  [
    404,
    {
      ...invalid('The model does not exist or you do not have access to it.', 'not_found_error'),
      code: 'model_not_found',
      gemini: 'NOT_FOUND',
    },
  ],
  [413, invalid('The request exceeds the maximum size.', 'request_too_large')],
  [422, invalid('The request could not be processed.')],
  [
    429,
    {
      openai: 'tokens',
      code: 'rate_limit_exceeded',
      anthropic: 'rate_limit_error',
      gemini: 'RESOURCE_EXHAUSTED',
      message: 'Rate limit reached. Please try again later.',
    },
  ],
  [500, INTERNAL],
  [503, overloaded('The model is overloaded. Please try again later.', 'api_error')],
  [529, overloaded('Overloaded', 'overloaded_error')],
]);

/** An error as the provider behind a protocol words it, headers included. */
export function nativeError(protocol: Protocol, refusal: Refusal, id: string): NativeError {
  const kind = KINDS.get(refusal.status) ?? INTERNAL;
  const message = refusal.message ?? kind.message;
  const content = { openai: openaiBody, anthropic: anthropicBody, gemini: geminiBody }[protocol];
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  // Google tells the delay in the body only; the other two use the header.
  if (refusal.retryAfter !== undefined && protocol !== 'gemini') {
    headers['retry-after'] = String(refusal.retryAfter);
  }
  headers[protocol === 'anthropic' ? 'request-id' : 'x-request-id'] = `req_${id}`;
  const body = JSON.stringify(content(kind, message, refusal, id));
  return { status: refusal.status, headers, body };
}

/** The event a provider sends when it fails in the middle of a stream. */
export function inBandError(protocol: Protocol, id: string): string {
  const status = { openai: 500, anthropic: 529, gemini: 503 }[protocol];
  const { body } = nativeError(protocol, { status }, id);
  const end = protocol === 'gemini' ? '\r\n\r\n' : '\n\n';
  return `${protocol === 'anthropic' ? 'event: error\n' : ''}data: ${body}${end}`;
}

function openaiBody(kind: Kind, message: string, refusal: Refusal): unknown {
  const code = refusal.code ?? kind.code;
  // An exhausted quota is its own type, everything else keeps the type of its status.
  const type = code === 'insufficient_quota' ? code : kind.openai;
  return { error: { message, type, param: refusal.param ?? null, code } };
}

function anthropicBody(kind: Kind, message: string, _refusal: Refusal, id: string): unknown {
  return { type: 'error', error: { type: kind.anthropic, message }, request_id: `req_${id}` };
}

const GOOGLE = 'type.googleapis.com/google.rpc';

function geminiBody(kind: Kind, message: string, refusal: Refusal): unknown {
  const details: unknown[] = [];
  if (refusal.code !== undefined) {
    details.push({
      '@type': `${GOOGLE}.ErrorInfo`,
      reason: refusal.code,
      domain: 'googleapis.com',
      metadata: { service: 'generativelanguage.googleapis.com' },
    });
  }
  if (refusal.retryAfter !== undefined) {
    details.push({ '@type': `${GOOGLE}.RetryInfo`, retryDelay: `${refusal.retryAfter}s` });
  }
  const base = { code: refusal.status, message, status: kind.gemini };
  return { error: details.length === 0 ? base : { ...base, details } };
}
