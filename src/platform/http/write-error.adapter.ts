import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GatewayError } from '../../core/errors.js';

import { ensureRequestId } from './request-id.adapter.js';

/** How long what is left of a refused body is read and thrown away. */
const LINGER_MS = 1_000;
/** A body up to here costs less to throw away than its connection costs to make anew. */
const SMALL_BODY_BYTES = 64 * 1024;

/** Writes an error as a JSON answer, unless the answer has begun; then the connection can only be cut. */
export function writeError(response: ServerResponse, error: GatewayError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = prepare(response, error);
  if (isBodyRead(response.req)) response.end(body);
  else endAfterBody(response, body);
}

/** The same as the last answer of its connection, at once: nothing that follows on it is looked at. */
export function writeLastError(response: ServerResponse, error: GatewayError): void {
  const body = prepare(response, error);
  response.setHeader('connection', 'close');
  response.end(body);
}

/** Gives the body of the answer to an error; the head is on the response. */
function prepare(response: ServerResponse, error: GatewayError): string {
  ensureRequestId(response);
  const body = JSON.stringify(error.toBody());
  response.statusCode = error.status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('content-length', Buffer.byteLength(body));
  if (error.retryAfterSeconds !== undefined)
    response.setHeader('retry-after', Math.max(1, Math.ceil(error.retryAfterSeconds)));
  if (error.shouldRetry === false) response.setHeader('x-should-retry', 'false');
  for (let at = 0; at + 1 < error.headers.length; at += 2)
    response.setHeader(error.headers[at] ?? '', error.headers[at + 1] ?? '');
  return body;
}

/**
 * Writes an error as the answer to a request of which only the head was looked at. A small body is thrown away first, so
 * that the connection can be used again: those who are refused would otherwise all come back with a new one.
 */
export function refuseUnread(response: ServerResponse, error: GatewayError): void {
  const { req: request } = response;
  const length = Number(request.headers['content-length'] ?? Infinity);
  if (isBodyRead(request) || length > SMALL_BODY_BYTES) return writeError(response, error);
  const answer = (): void => {
    clearTimeout(timer);
    request.off('end', answer);
    writeError(response, error);
  };
  const timer = setTimeout(answer, LINGER_MS);
  request.once('end', answer);
  request.once('close', () => clearTimeout(timer));
  request.resume();
}

function isBodyRead({ complete, headers }: IncomingMessage): boolean {
  const hasBody =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return complete || !hasBody;
}

/**
 * Answers a request whose body is still on its way. The connection cannot be used again; closed at once, with bytes
 * of the body unread, it would be reset, and the client that is busy sending would never see the answer. So what
 * comes is thrown away for a while.
 */
function endAfterBody(response: ServerResponse, body: string): void {
  const { req: request } = response;
  response.setHeader('connection', 'close');
  response.write(body);
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  for (const event of ['end', 'error', 'close']) request.once(event, end);
  request.resume();
}
