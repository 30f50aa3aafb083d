import { Injectable } from '@nestjs/common';
import { formatUsd, type PicoUsd } from '../../core/money.js';
import { PrismaService } from '../../platform/prisma.service.js';
import { accounts } from './accounts.js';
import { transfer, type Posting } from './posting.js';

export interface LedgerTransaction {
  readonly kind: string;
  /** What caused it; (kind, source, revision) is unique. */
  readonly source: string;
  readonly revision: number;
  readonly organizationId: string;
  readonly occurredAt: Date;
  readonly postings: readonly Posting[];
}

/** Commits ledger transactions that are not calls; those go through the poster. */
@Injectable()
export class LedgerService {
  constructor(private readonly prisma: PrismaService) {}

  /** Commits a transaction once: false if it was there already. The database refuses what does not sum to zero. */
  async commit(transaction: LedgerTransaction): Promise<boolean> {
    const { kind, source, revision, organizationId, occurredAt } = transaction;
    const lines = JSON.stringify(
      transaction.postings.map(({ account, amount }) => ({ account, amount: formatUsd(amount) })),
    );
    const id = `lt_${kind}_${source}_${revision}`;
    const rows = await this.prisma.$queryRaw<{ committed: boolean }[]>`
      SELECT commit_transaction(${id}, ${kind}, ${source}, ${revision}::int, ${organizationId}, ${occurredAt}, ${lines}::jsonb) AS committed`;
    return rows[0]?.committed ?? false;
  }

  /** Gives an organization credit, once per `source`. */
  async grantPromotion(
    organizationId: string,
    amount: PicoUsd,
    source: string,
    at: Date,
  ): Promise<boolean> {
    const postings = transfer(accounts.promotion, accounts.wallet(organizationId), amount);
    return this.commit({
      kind: 'promotion',
      source,
      revision: 1,
      organizationId,
      occurredAt: at,
      postings,
    });
  }
}
