import type { PicoUsd } from '../../core/money.js';

/** A line of a ledger transaction. */
export interface Posting {
  readonly account: string;
  readonly amount: PicoUsd;
}

/**
 * Moves an amount from one account to another: two postings that sum to zero.
 * @throws RangeError unless the amount is positive.
 */
export function transfer(from: string, to: string, amount: PicoUsd): readonly Posting[] {
  if (amount <= 0n) throw new RangeError('a transfer moves a positive amount');
  return [
    { account: to, amount },
    { account: from, amount: -amount },
  ];
}
