import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { isPlainToken } from '../../core/ids.js';
import { nextUlid } from '../ulid.adapter.js';

const HEADER = 'x-request-id';

/** The id that the client gave its request, if it is a plain token of at most 128 characters. */
export function givenRequestId(headers: IncomingHttpHeaders): string | undefined {
  const given = headers[HEADER];
  return typeof given === 'string' && isPlainToken(given) ? given : undefined;
}

/** Gives an answer that has no request id yet the client's own, or a new one. */
export function ensureRequestId(response: ServerResponse): void {
  if (response.hasHeader(HEADER)) return;
  response.setHeader(HEADER, givenRequestId(response.req.headers) ?? `req_${nextUlid()}`);
}
