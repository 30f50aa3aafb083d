import type { AdminActor } from '../../core/admin.js';
import { invalidParameter } from '../../core/errors.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { requirePlace } from '../../tenants/index.js';
import type { QuotaScope } from '../quota/quota.js';

/** What a limit is put on, as a request names it. */
interface NamedPlace {
  readonly scope: QuotaScope;
  readonly scope_id?: string;
}

/**
 * Whose limit it is, as the row holds it: tags, and free models together, are the organization's, which need not be
 * named either. @throws GatewayError invalid_parameter, resource_not_found (scope_id)
 */
export async function scopeIdOf(
  transaction: Prisma.TransactionClient,
  actor: AdminActor,
  organizationId: string,
  { scope, scope_id: scopeId }: NamedPlace,
): Promise<string> {
  if (scope === 'tag' || scope === 'free_models') {
    if (scopeId === undefined || scopeId === organizationId) return organizationId;
    throw invalidParameter('scope_id', `scope_id must be left out for the scope ${scope}.`);
  }
  if (scopeId === undefined && scope !== 'organization')
    throw invalidParameter('scope_id', `scope_id must name the ${scope} that the limit is for.`);
  const id = scopeId ?? organizationId;
  await requirePlace(transaction, actor, organizationId, { scope, scopeId: id });
  return id;
}
