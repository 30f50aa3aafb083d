import { formatUsd } from '../../core/money.js';

/** One piece (a request, a token, a call at a time) as amounts of quotas are counted: in units of 10⁻¹². */
export const PIECE = 1_000_000_000_000n;

/** So many pieces as an amount. @throws RangeError if it is not a whole number */
export function piecesOf(count: number): bigint {
  return BigInt(count) * PIECE;
}

export function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

export function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

/**
 * Amounts as decimal text. The last one is remembered: of a call wallet and budgets mostly count the same, and to write a
 * bigint takes longer than to compare it.
 */
export class AmountTexts {
  private amount = 0n;
  private text = '0';

  of(amount: bigint): string {
    if (amount === 0n) return '0';
    if (amount === PIECE) return '1';
    if (amount !== this.amount) {
      this.text = formatUsd(amount);
      this.amount = amount;
    }
    return this.text;
  }
}
