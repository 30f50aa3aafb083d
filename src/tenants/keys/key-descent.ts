import type { Prisma } from '../../generated/prisma/client.js';

/** How many keys a chain may have, from the first to the one that was made last. */
export const LONGEST_CHAIN = 8;

/** The condition for a key that another one made, or one that it made did, and so on. */
export function madeBy(keyId: string): Prisma.ApiKeyWhereInput {
  const generations: Prisma.ApiKeyWhereInput[] = [];
  let child: Prisma.ApiKeyWhereInput = { parentId: keyId };
  while (generations.length < LONGEST_CHAIN - 1) {
    generations.push(child);
    child = { parent: child };
  }
  return { OR: generations };
}
