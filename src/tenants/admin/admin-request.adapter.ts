import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { AdminActor, AdminRequest } from '../../core/admin.js';
import type { JsonBodyReader } from '../../platform/http/json-body.adapter.js';
import { parseIdempotencyKey, parseIfMatch } from './conditional-headers.js';

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

const REQUESTS = new WeakMap<object, AdminRequest>();

/** What the guard found out about a request. @throws Error where the guard did not run. */
export function adminRequestOf(request: object): AdminRequest {
  const known = findAdminRequest(request);
  if (!known) throw new Error('the route has no AdminGuard');
  return known;
}

/** The same; undefined for a request of another part of the API. */
export function findAdminRequest(request: object): AdminRequest | undefined {
  return REQUESTS.get(request);
}

/** Gives a controller's method the AdminRequest. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): AdminRequest =>
  adminRequestOf(context.switchToHttp().getRequest<Request>()),
);

/**
 * Reads the rest of a request whose actor may make it: on writes the headers that matter to them, and the body, which it
 * puts where Nest looks for it. Only then is the request known to `adminRequestOf`.
 * @throws GatewayError invalid_parameter, and what `bodies` throws
 */
export async function receiveAdminRequest(
  request: Request,
  actor: AdminActor,
  address: string,
  bodies: JsonBodyReader,
): Promise<void> {
  const requestId = String(request.res?.getHeader('x-request-id') ?? '');
  const common = { actor, requestId, address };
  if (!WRITES.has(request.method)) {
    REQUESTS.set(request, { ...common, idempotency: undefined, expectedVersion: undefined });
    return;
  }
  const key = parseIdempotencyKey(headerOf(request, 'idempotency-key'));
  const expectedVersion = parseIfMatch(headerOf(request, 'if-match'));
  const body = hasBody(request) ? await bodies.read(request) : {};
  request.body = body;
  const idempotency = key === undefined ? undefined : { key, ...identityOf(request, body) };
  REQUESTS.set(request, { ...common, idempotency, expectedVersion });
}

/** By what a repeated write is known to be the same. */
function identityOf({ method, originalUrl }: Request, body: unknown) {
  const digest = createHash('sha256').update(JSON.stringify(body)).digest();
  return { method, path: originalUrl, bodyHash: new Uint8Array(digest) };
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function headerOf({ headers }: Request, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
