import type { Prisma } from '../../generated/prisma/client.js';
import { walletId } from '../quota/quota.js';

/** Makes the wallet of an organization that has none yet, with nothing in it. */
export async function ensureWallet(
  transaction: Prisma.TransactionClient,
  organizationId: string,
): Promise<void> {
  await transaction.quota.createMany({
    data: {
      id: walletId(organizationId),
      organizationId,
      scope: 'organization',
      scopeId: organizationId,
      kind: 'credit',
      cap: '0',
    },
    skipDuplicates: true,
  });
}
