import { needOf, type CallNeeds, type Limit } from './limit.js';
import { isMoney } from './quota.js';
import type { Refusal, RememberedRefusal } from './slice.js';

/** A limit that refuses a call, and what Postgres said of it. */
export interface RefusingLimit extends Limit {
  readonly refusal: RememberedRefusal;
}

/** Keeps what Postgres said for good of a limit of a call, for the calls behind it. */
export function rememberRefusal(
  { slice }: Limit,
  refusal: Refusal,
  { limits, needs }: { readonly limits: readonly Limit[]; readonly needs: CallNeeds },
): void {
  const asked = limits.filter(({ quota }) => needOf(quota, needs) > 0n);
  slice.refusal = { ...refusal, asked: asked.map((limit) => limit.slice) };
}

/**
 * The limit that refused as much of late, so that Postgres need not be asked again. Of several it is the one that
 * Postgres would name (its function `longest_refusing`); undefined where that may be one of which nothing is known here.
 */
export function rememberedRefusal(
  limits: readonly Limit[],
  needs: CallNeeds,
  now: number,
): RefusingLimit | undefined {
  let named: RefusingLimit | undefined;
  const others: Limit[] = [];
  for (const limit of limits) {
    const refusing = refusingOf(limit, needOf(limit.quota, needs), now);
    if (!refusing) others.push(limit);
    else if (!named || outlasts(refusing, named)) named = refusing;
  }
  if (!named) return undefined;
  const { quota } = named;
  // What is of money comes first, in its order.
  const before = isMoney(quota.kind)
    ? limits.findIndex((limit) => limit.quota === quota)
    : Infinity;
  for (const other of others) {
    if (limits.indexOf(other) < before && mayBeNamed(other, named, needs, now)) return undefined;
  }
  return named;
}

function refusingOf(limit: Limit, need: bigint, now: number): RefusingLimit | undefined {
  const { refusal, cap } = limit.slice;
  if (!refusal || now >= refusal.until || need < refusal.need) return undefined;
  // No window has room for this one; that is another answer than the one that is remembered.
  if (need > cap && refusal.need <= cap && !isMoney(limit.quota.kind)) return undefined;
  return { ...limit, refusal };
}

/** Whether the second of two, in their order, is named in place of the first. */
function outlasts(second: RefusingLimit, first: RefusingLimit): boolean {
  return !isMoney(first.quota.kind) && endOf(second) > endOf(first);
}

/** Until when a limit refuses, ms of the monotonic clock; one without a window may have room at any time. */
function endOf({ slice, refusal }: RefusingLimit): number {
  return refusal.need > slice.cap ? Infinity : (refusal.resetsAt ?? -Infinity);
}

/** Whether a limit may refuse a call, too, and then is the one to be named. */
function mayBeNamed(other: Limit, named: RefusingLimit, needs: CallNeeds, now: number): boolean {
  const { quota, slice } = other;
  const need = needOf(quota, needs);
  const isAsked = named.refusal.asked.includes(slice);
  if (need === 0n || slice.covers(need, now)) return false;
  if (isMoney(quota.kind)) return !isAsked || slice.left + slice.inHand < need;
  if (endOf(named) === Infinity) return false;
  if (now < slice.endsAt && need > slice.cap) return true;
  // Windows of a minute end all at once, and of what was asked for together the other one ends no later.
  return quota.kind === 'requests_per_day' && !isAsked;
}
