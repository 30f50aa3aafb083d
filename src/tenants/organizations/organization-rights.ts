import type { AdminActor } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import type { UpdateOrganizationDto } from './organization.dto.js';

/** What an organization may not set of itself. */
const OPERATORS_FIELDS = ['status', 'plan_multiplier'] as const;

/** Lets an actor set the fields that a change names. @throws GatewayError role_not_allowed naming the field */
export function requireFields(actor: AdminActor, body: UpdateOrganizationDto): void {
  if (actor.kind === 'operator') return;
  const field = OPERATORS_FIELDS.find((name) => body[name] !== undefined);
  if (field === undefined) return;
  throw new GatewayError('role_not_allowed', {
    param: field,
    message: `${field} is set by operators only.`,
  });
}
