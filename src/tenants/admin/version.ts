import type { AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';

/**
 * Lets a change pass if the client named no version (If-Match), or this one. Ask inside the change, which holds off
 * others of the same organization. @throws GatewayError precondition_failed (If-Match)
 */
export function requireVersion(
  { expectedVersion }: Pick<AdminRequest, 'expectedVersion'>,
  version: number,
): void {
  if (expectedVersion === undefined || expectedVersion === version) return;
  throw new GatewayError('precondition_failed', {
    param: 'If-Match',
    message: `The resource has changed: its version is ${version}, not ${expectedVersion}.`,
  });
}
