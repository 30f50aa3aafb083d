import type { ServerResponse } from 'node:http';
import type { GatewayError } from '../../core/errors.js';

/** Writes an error as a JSON answer, unless the answer has begun; then the connection can only be cut. */
export function writeError(response: ServerResponse, error: GatewayError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify(error.toBody());
  response.statusCode = error.status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(body));
  if (error.retryAfterSeconds !== undefined)
    response.setHeader('retry-after', Math.max(1, Math.ceil(error.retryAfterSeconds)));
  if (error.shouldRetry === false) response.setHeader('x-should-retry', 'false');
  // A body that was not read to its end would be taken for the next request.
  if (!response.req.complete) response.setHeader('connection', 'close');
  response.end(body);
}
