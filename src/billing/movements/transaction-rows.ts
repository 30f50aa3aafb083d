import type { Prisma } from '../../generated/prisma/client.js';
import type { TransactionRows } from './transaction-view.js';

/** The transactions of an organization with these ids, with their lines; in the order of the ids. */
export async function findTransactions(
  transaction: Prisma.TransactionClient,
  organizationId: string,
  ids: readonly string[],
): Promise<TransactionRows[]> {
  const rows = await transaction.ledgerTransaction.findMany({
    where: { organizationId, id: { in: [...ids] } },
  });
  const known = new Map(rows.map((row) => [row.id, row]));
  const transactionId = { in: [...known.keys()] };
  const postings = await transaction.posting.findMany({
    where: { transactionId },
    orderBy: { line: 'asc' },
  });
  const movements = await transaction.walletMovement.findMany({
    where: { organizationId, transactionId },
  });
  return ids.flatMap((id) => {
    const row = known.get(id);
    if (!row) return [];
    return {
      row,
      postings: postings.filter((posting) => posting.transactionId === id),
      movement: movements.find((movement) => movement.transactionId === id),
    };
  });
}
