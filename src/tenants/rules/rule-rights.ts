import type { AdminActor } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import type { RuleScope } from '../../core/rules/rule.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { keyChain } from './key-chain.js';

/** What a rule is put on. */
export interface RulePlace {
  readonly scope: RuleScope;
  readonly scopeId: string;
}

/**
 * Lets an actor change the rules of a place: developers and keys those of keys alone, keys of keys that they made.
 * @throws GatewayError role_not_allowed
 */
export function requireScope(actor: AdminActor, scope: RuleScope): void {
  const isBound =
    actor.kind === 'api_key' || (actor.kind === 'member' && actor.role === 'developer');
  if (isBound && scope !== 'api_key') {
    throw new GatewayError('role_not_allowed', { message: 'You may put rules on keys only.' });
  }
}

/**
 * Whether a place exists in the organization for an actor: a key knows of the keys alone that it made, at first or
 * second hand.
 */
export async function isPlaceOf(
  transaction: Prisma.TransactionClient,
  actor: AdminActor,
  organizationId: string,
  place: RulePlace,
): Promise<boolean> {
  if (actor.kind !== 'api_key') return exists(transaction, organizationId, place);
  if (place.scope !== 'api_key') return false;
  const [, ...makers] = await keyChain(transaction, organizationId, place.scopeId);
  return makers.some(({ id }) => id === actor.id);
}

/** @throws GatewayError resource_not_found (scope_id) for a place that does not exist for the actor */
export async function requirePlace(
  transaction: Prisma.TransactionClient,
  actor: AdminActor,
  organizationId: string,
  place: RulePlace,
): Promise<void> {
  if (await isPlaceOf(transaction, actor, organizationId, place)) return;
  const what = place.scope === 'api_key' ? 'key' : place.scope;
  throw new GatewayError('resource_not_found', {
    param: 'scope_id',
    message: `There is no such ${what}.`,
  });
}

async function exists(
  transaction: Prisma.TransactionClient,
  organizationId: string,
  { scope, scopeId: id }: RulePlace,
): Promise<boolean> {
  const query = { where: { id, organizationId }, select: { id: true } } as const;
  switch (scope) {
    case 'organization':
      return id === organizationId;
    case 'project':
      return (await transaction.project.findFirst(query)) !== null;
    case 'member':
      return (await transaction.member.findFirst(query)) !== null;
    case 'api_key':
      return (await transaction.apiKey.findFirst(query)) !== null;
  }
}
