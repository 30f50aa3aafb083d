import type { AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';

/**
 * Lets a request pass that can be repeated without moving money twice.
 * @throws GatewayError invalid_parameter (Idempotency-Key)
 */
export function requireIdempotencyKey({ idempotency }: AdminRequest): void {
  if (idempotency !== undefined) return;
  throw new GatewayError('invalid_parameter', {
    param: 'Idempotency-Key',
    message: 'What moves money needs the header Idempotency-Key, a new one for every movement.',
  });
}
