import type { Invariant } from './invariant.js';
import { LEDGER_INVARIANTS } from './invariants/ledger.js';
import { LIMIT_INVARIANTS } from './invariants/limits.js';
import { ROLLUP_INVARIANTS } from './invariants/rollups.js';
import { SETTLEMENT_INVARIANTS } from './invariants/settlement.js';
import { USAGE_INVARIANTS } from './invariants/usage.js';

/** All invariants of the books, I1 to I17 in turn. Of the books as they should be every query gives no row. */
export const INVARIANTS: readonly Invariant[] = [
  ...LEDGER_INVARIANTS,
  ...LIMIT_INVARIANTS,
  ...USAGE_INVARIANTS,
  ...ROLLUP_INVARIANTS,
  ...SETTLEMENT_INVARIANTS,
].sort((left, right) => numberOf(left) - numberOf(right));

function numberOf({ id }: Invariant): number {
  return Number(id.slice(1));
}
