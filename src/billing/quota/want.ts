import { larger } from './amount.js';
import type { Slice } from './slice.js';

/** A slice is to last for so many ticks (of a second) like the last ones, and for so many holds like the largest. */
const TICKS_AHEAD = 60n;
const HOLDS_AHEAD = 16n;
/**
 * In fourths of what it is to last for: below that it is filled up. So calls like the last ones go on for 45 seconds
 * without Postgres, which leaves a third of them for ticks that were quieter than those to come.
 */
const LOW_WATER = 3n;

/**
 * How much to ask for beside a need: a minute of calls like the last ones. Whole holds of the largest size, so that what
 * is counted in pieces can be granted to the last one.
 */
export function wantOf(slice: Slice, need: bigint): bigint {
  const rate = larger(slice.average, slice.taken);
  const hold = larger(slice.largest, need);
  return larger(wholeHolds(rate * TICKS_AHEAD, hold), hold * HOLDS_AHEAD);
}

/**
 * How much to ask for before anybody needs it; zero where there is enough in hand, where no call used the quota in the
 * last tick, or only one in two, and where it is scarce: what is left of that is for whoever needs it. One call alone says
 * nothing of others to come, and where ten thousand organizations call now and then, each of them is alone.
 */
export function refillOf(slice: Slice, now: number): bigint {
  if (slice.isScarce || slice.stillTicks > 0 || slice.recentCalls < 2) return 0n;
  const want = wantOf(slice, 0n);
  const inHand = now < slice.endsAt ? slice.inHand : 0n;
  return inHand * 4n < want * LOW_WATER ? want - inHand : 0n;
}

function wholeHolds(amount: bigint, hold: bigint): bigint {
  return hold === 0n ? amount : ((amount + hold - 1n) / hold) * hold;
}
