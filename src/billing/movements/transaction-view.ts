import { formatUsd, parseUsd } from '../../core/money.js';
import type { LedgerTransaction, Posting, WalletMovement } from '../../generated/prisma/client.js';
import { decimalText } from '../../platform/decimal.js';
import { accounts } from '../ledger/accounts.js';
import type { TransactionView } from './transaction.dto.js';

/** A ledger transaction with what belongs to it. */
export interface TransactionRows {
  readonly row: LedgerTransaction;
  /** In the order of their lines. */
  readonly postings: readonly Posting[];
  readonly movement: WalletMovement | undefined;
}

/** What the platform pays, and what it does not know how to book yet, is nobody else's concern. */
const OWN_ACCOUNTS = /^(?:provider_|suspense)/;

/** A transaction as the API shows it; `isWhole`: with the lines that are the platform's own. */
export function transactionView(
  { row, postings, movement }: TransactionRows,
  isWhole: boolean,
): TransactionView {
  const wallet = accounts.wallet(row.organizationId);
  const amounts = postings
    .filter(({ account }) => account === wallet)
    .map(({ amount }) => parseUsd(decimalText(amount)));
  return {
    object: 'wallet_transaction',
    id: row.id,
    organization_id: row.organizationId,
    kind: row.kind,
    amount: formatUsd(amounts.reduce((sum, amount) => sum + amount, 0n)),
    call_id: row.kind === 'usage' ? row.source : row.callId,
    revision: row.revision,
    external_id: movement?.externalId ?? null,
    refunded_transaction_id: movement?.refundedId ?? null,
    note: movement?.note ?? null,
    postings: postings
      .filter(({ account }) => isWhole || !OWN_ACCOUNTS.test(account))
      .map(({ account, amount }) => ({ account, amount: decimalText(amount) })),
    occurred_at: row.occurredAt.toISOString(),
    recorded_at: row.recordedAt.toISOString(),
  };
}
