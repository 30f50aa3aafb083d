import type { Prisma } from '../generated/prisma/client.js';

/** A numeric of Postgres as a plain decimal: exact, without exponent or trailing zeros. */
export function decimalText(value: Prisma.Decimal): string {
  return value.toFixed();
}
