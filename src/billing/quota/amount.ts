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
