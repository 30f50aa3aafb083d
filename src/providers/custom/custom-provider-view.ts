import { GatewayError } from '../../core/errors.js';
import type { CustomProvider, Prisma } from '../../generated/prisma/client.js';
import type { CustomProviderView } from './custom-provider.dto.js';

/** The row of a provider that was added at run time. @throws GatewayError resource_not_found */
export async function findCustomProvider(
  transaction: Prisma.TransactionClient,
  organizationId: string | null,
  id: string,
): Promise<CustomProvider> {
  const row = await transaction.customProvider.findFirst({ where: { id, organizationId } });
  if (row) return row;
  throw new GatewayError('resource_not_found', { message: 'There is no such provider.' });
}

/** It as the API shows it. */
export function customProviderView(row: CustomProvider): CustomProviderView {
  return {
    object: 'custom_provider',
    id: row.id,
    organization_id: row.organizationId,
    slug: row.slug,
    name: row.name,
    protocol: row.protocol,
    base_url: row.baseUrl,
    // Written by CustomProviderChangeService in this form.
    models: row.models as Record<string, unknown>[],
    created_at: row.createdAt.toISOString(),
    version: row.version,
  };
}
