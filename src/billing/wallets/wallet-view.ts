import { formatUsd, parseUsd } from '../../core/money.js';
import type { Quota } from '../../generated/prisma/client.js';
import { decimalText } from '../../platform/decimal.js';
import { walletId } from '../quota/quota.js';
import type { WalletView } from './wallet.dto.js';

type WalletRow = Pick<Quota, 'cap' | 'spent' | 'leased' | 'creditLimit' | 'version'>;

/** A wallet as the API shows it; an organization that nothing was ever given or charged has an empty one. */
export function walletView(organizationId: string, row: WalletRow | null): WalletView {
  const [cap, spent, leased, creditLimit] = row
    ? [row.cap, row.spent, row.leased, row.creditLimit].map((value) => parseUsd(decimalText(value)))
    : [];
  const balance = (cap ?? 0n) - (spent ?? 0n);
  const spendable = balance + (creditLimit ?? 0n) - (leased ?? 0n);
  return {
    object: 'wallet',
    id: walletId(organizationId),
    organization_id: organizationId,
    balance: formatUsd(balance),
    credit_limit: formatUsd(creditLimit ?? 0n),
    leased: formatUsd(leased ?? 0n),
    spendable: formatUsd(spendable > 0n ? spendable : 0n),
    version: row?.version ?? 1,
  };
}
