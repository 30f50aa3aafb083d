import type { IncomingHttpHeaders } from 'node:http';
import type { Protocol, Refusal } from './types.js';

const BAD_KEY = 'bad-key';

/** Refuses a call without the headers its provider insists on, or with the key `bad-key`. */
export function checkAccess(
  protocol: Protocol,
  headers: IncomingHttpHeaders,
  queryKey: string | null,
): Refusal | undefined {
  const key = keyOf(protocol, headers, queryKey);
  if (key === undefined || key === '') return missingKey(protocol);
  if (key === BAD_KEY) return badKey(protocol);
  if (protocol === 'anthropic' && headers['anthropic-version'] === undefined) {
    return { status: 400, message: 'anthropic-version: header is required' };
  }
  return undefined;
}

function keyOf(
  protocol: Protocol,
  headers: IncomingHttpHeaders,
  queryKey: string | null,
): string | undefined {
  const bearer = /^Bearer (.*)$/i.exec(headers.authorization ?? '')?.[1];
  if (protocol === 'openai') return bearer;
  const own = headers[protocol === 'anthropic' ? 'x-api-key' : 'x-goog-api-key'];
  const named = typeof own === 'string' ? own : undefined;
  return named ?? bearer ?? (protocol === 'gemini' ? (queryKey ?? undefined) : undefined);
}

function missingKey(protocol: Protocol): Refusal {
  if (protocol === 'openai') {
    return { status: 401, message: "You didn't provide an API key.", code: 'missing_api_key' };
  }
  if (protocol === 'anthropic') return { status: 401, message: 'x-api-key header is required' };
  const message = "Method doesn't allow unregistered callers. Please use API Key.";
  return { status: 403, message };
}

function badKey(protocol: Protocol): Refusal {
  if (protocol === 'openai') {
    return { status: 401, message: `Incorrect API key provided: ${BAD_KEY}.` };
  }
  if (protocol === 'anthropic') return { status: 401, message: 'invalid x-api-key' };
  // Google answers a wrong key with 400, not with 401.
  const message = 'API key not valid. Please pass a valid API key.';
  return { status: 400, message, code: 'API_KEY_INVALID' };
}
