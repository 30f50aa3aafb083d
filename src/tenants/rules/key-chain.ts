import type { Prisma } from '../../generated/prisma/client.js';

/** A key of a chain, and what it belongs to. */
export interface ChainedKey {
  readonly id: string;
  readonly parentId: string | null;
  readonly projectId: string;
  readonly memberId: string | null;
}

/** A key, the key that made it, and so on to the first; empty where the organization has no such key. */
export async function keyChain(
  transaction: Prisma.TransactionClient,
  organizationId: string,
  keyId: string,
): Promise<ChainedKey[]> {
  const chain: ChainedKey[] = [];
  let next: string | null = keyId;
  while (next !== null) {
    const key: ChainedKey | null = await transaction.apiKey.findFirst({
      where: { id: next, organizationId },
      select: { id: true, parentId: true, projectId: true, memberId: true },
    });
    if (!key) break;
    chain.push(key);
    next = key.parentId;
  }
  return chain;
}
