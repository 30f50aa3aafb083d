import type { Prisma } from '../../generated/prisma/client.js';

/** How a limit stands in its window of now; amounts are decimals. */
export interface QuotaStanding {
  /** What was posted. */
  readonly spent: string;
  /** In the hands of gateway processes, for calls that run and the next ones. */
  readonly leased: string;
  /** When the window ends; null of a total. */
  readonly resetsAt: Date | null;
}

const UNUSED: QuotaStanding = { spent: '0', leased: '0', resetsAt: null };

/** How limits of an organization stand, by the database's clock. */
export async function standingsOf(
  transaction: Prisma.TransactionClient,
  organizationId: string,
  ids: readonly string[],
): Promise<(id: string) => QuotaStanding> {
  const rows = await transaction.$queryRaw<(QuotaStanding & { id: string })[]>`
    SELECT id, spent, leased, resets_at AS "resetsAt" FROM quota_standing(${organizationId}, ${[...ids]}::text[])`;
  const known = new Map(rows.map((row) => [row.id, row]));
  return (id) => known.get(id) ?? UNUSED;
}
