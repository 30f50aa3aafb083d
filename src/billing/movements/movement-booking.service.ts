import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import { formatUsd, type PicoUsd } from '../../core/money.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { nextUlid } from '../../platform/ulid.adapter.js';
import type { AdminChange } from '../../tenants/index.js';
import { transfer } from '../ledger/posting.js';
import { walletId } from '../quota/quota.js';
import { ensureWallet } from '../wallets/wallet-row.js';
import { findTransactions } from './transaction-rows.js';
import { transactionView } from './transaction-view.js';
import type { TransactionKind, TransactionView } from './transaction.dto.js';

/** Money that a person moves from one account to another. */
export interface Movement {
  readonly kind: TransactionKind;
  readonly from: string;
  readonly to: string;
  /** Above zero. */
  readonly amount: PicoUsd;
  readonly note: string | null;
  readonly externalId?: string | undefined;
  /** The top-up that goes back. */
  readonly refundedId?: string;
}

/** What is kept of a movement beside the ledger. */
interface Remark {
  readonly note: string | null;
  readonly externalId?: string | undefined;
  readonly refundedId?: string | undefined;
}

/** Books movements of money within a change of the admin API. */
@Injectable()
export class MovementBookingService {
  /** A source for the ledger: (kind, source, revision) is there once. */
  newSource(): string {
    return nextUlid();
  }

  /**
   * Books a movement of an organization's wallet.
   * @throws GatewayError resource_conflict (external_id) where this payment was credited before
   */
  async book(
    request: AdminRequest,
    change: AdminChange,
    organizationId: string,
    movement: Movement,
  ): Promise<TransactionView> {
    const { kind, from, to, amount, externalId } = movement;
    const { transaction } = change;
    const unique = this.newSource();
    const id = transactionId(kind, unique);
    const lines = JSON.stringify(
      transfer(from, to, amount).map((line) => ({ ...line, amount: formatUsd(line.amount) })),
    );
    await ensureWallet(transaction, organizationId);
    const [row] = await transaction.$queryRaw<{ committed: boolean }[]>`
      SELECT commit_transaction(${id}, ${kind}, ${externalId ?? unique}, 1, ${organizationId},
        date_trunc('milliseconds', clock_timestamp()), ${lines}::jsonb) AS committed`;
    if (!row?.committed) {
      throw new GatewayError('resource_conflict', {
        param: 'external_id',
        message: 'This payment was credited before.',
        shouldRetry: false,
      });
    }
    return this.remark(request, change, organizationId, id, movement);
  }

  /** Adds what the ledger does not say to a transaction that was just committed, and the entry in the audit log. */
  async remark(
    { actor }: AdminRequest,
    { transaction, record }: AdminChange,
    organizationId: string,
    id: string,
    { note, externalId, refundedId }: Remark,
  ): Promise<TransactionView> {
    const data = {
      transactionId: id,
      organizationId,
      externalId: externalId ?? null,
      refundedId: refundedId ?? null,
      note,
    };
    await transaction.walletMovement.create({ data });
    const view = await viewOf(transaction, organizationId, id, actor.kind === 'operator');
    record({
      action: `wallet.${view.kind}`,
      targetKind: 'wallet',
      targetId: walletId(organizationId),
      after: view,
    });
    return view;
  }
}

/** As `refund_call` names them, too. */
export function transactionId(kind: TransactionKind, source: string): string {
  return `lt_${kind}_${source}_1`;
}

async function viewOf(
  transaction: Prisma.TransactionClient,
  organizationId: string,
  id: string,
  isWhole: boolean,
): Promise<TransactionView> {
  const [rows] = await findTransactions(transaction, organizationId, [id]);
  if (!rows) throw new Error(`the transaction ${id} is not in the ledger`);
  return transactionView(rows, isWhole);
}
