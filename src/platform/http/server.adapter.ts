import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { GatewayError } from '../../core/errors.js';
import { Environment } from '../env.js';
import { HotLaneAdapter } from './hot-lane.adapter.js';
import { ensureRequestId } from './request-id.adapter.js';

const HEADERS_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 65_000;
/** How often connections are held against these limits. */
const CHECK_INTERVAL_MS = 1_000;
const MAX_REQUESTS_PER_SOCKET = 1_000;

/** Limits of the HTTP server against slow and hostile clients, and headers that every answer carries. */
export function hardenServer(app: NestExpressApplication): void {
  app.set('query parser', 'simple');
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(helmet(), giveRequestId, refuseNul);
  const server = app.getHttpServer();
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  const { BODY_TIMEOUT_MS, CLIENT_STALL_TIMEOUT_MS, MAX_CONNECTIONS } = app.get(Environment);
  // A body that is read has a time limit of its own, which can answer. This one cuts the connection without a word: it
  // is for bodies that nobody reads, and so comes later.
  server.requestTimeout = Math.max(HEADERS_TIMEOUT_MS, 2 * BODY_TIMEOUT_MS);
  server.maxConnections = MAX_CONNECTIONS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET;
  const adapter = app.getHttpAdapter();
  if (adapter instanceof HotLaneAdapter) adapter.cutStalledAfter(CLIENT_STALL_TIMEOUT_MS);
  Reflect.set(server, 'connectionsCheckingInterval', CHECK_INTERVAL_MS);
}

function giveRequestId(_request: Request, response: Response, next: NextFunction): void {
  ensureRequestId(response);
  next();
}

/** No text of the database can hold U+0000, so nothing that a URL may name does. */
function refuseNul({ url }: Request, _response: Response, next: NextFunction): void {
  const message = 'The URL holds a NUL character.';
  next(url.includes('%00') ? new GatewayError('invalid_parameter', { message }) : undefined);
}
