import type { AdminActor } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';

/**
 * Lets an actor handle members who have, or are to get, one of these roles: owners are for owners.
 * @throws GatewayError role_not_allowed naming `param`
 */
export function requireRoles(actor: AdminActor, roles: readonly string[], param = 'role'): void {
  const isAbove = actor.kind === 'operator' || (actor.kind === 'member' && actor.role === 'owner');
  if (isAbove || !roles.includes('owner')) return;
  throw new GatewayError('role_not_allowed', {
    param,
    message: 'Only an owner may make, change or remove owners.',
  });
}
