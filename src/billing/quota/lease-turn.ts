import { formatUsd, parseUsd } from '../../core/money.js';
import { larger, smaller } from './amount.js';
import { Hold } from './hold.js';
import { needOf, type CallNeeds, type Limit } from './limit.js';
import type { LeaseAnswer, LeaseRefusal } from './quota.js';
import type { ReturnEntry, SliceBook } from './slice-book.js';
import type { Slice } from './slice.js';
import { refillOf, wantOf } from './want.js';

/**
 * A statement gives so many slices back, beside those of which it asks for more: calls wait until it is answered, and
 * where thousands of organizations call now and then, a second's slices take Postgres a tenth of a second.
 */
const RETURNS_AT_ONCE = 100;

/** A call that found too little in hand. */
export interface Waiter {
  readonly limits: readonly Limit[];
  readonly needs: CallNeeds;
  /** How often Postgres has refused it. */
  refusals: number;
}

type NeedEntry = readonly [quota: string, amount: string];

/** The arguments of `lease_operation` that depend on the calls. */
export interface LeaseRequest {
  readonly returns: readonly ReturnEntry[];
  readonly needs: readonly (readonly NeedEntry[])[];
  readonly wants: readonly (readonly [quota: string, extra: string, least: string])[];
}

/** One statement to Postgres: what it asks, and for whom. */
export interface LeaseTurn<W extends Waiter> {
  readonly waiters: readonly W[];
  readonly slices: ReadonlyMap<string, Slice>;
  readonly request: LeaseRequest;
}

/** What became of a call that waited. */
export type LeaseOutcome<W extends Waiter> =
  | { readonly waiter: W; readonly hold: Hold }
  | { readonly waiter: W; readonly refused: LeaseRefusal; readonly limit: Limit };

/**
 * Puts all calls that wait into one statement, and what is asked for before calls need it: `low`, where it still is. A
 * call that was refused before gives back first what is in hand of its quotas and asks for the whole of its hold, so
 * that what is left is not torn between the two; it asks for no more.
 */
export function composeTurn<W extends Waiter>(
  waiters: readonly W[],
  book: SliceBook,
  now: number,
  low: readonly Slice[] = [],
): LeaseTurn<W> {
  const slices = new Map<string, Slice>();
  const wants = new Map<string, { extra: bigint; least: bigint }>();
  for (const { limits, needs, refusals } of waiters) {
    for (const { quota, slice } of limits) {
      const need = needOf(quota, needs);
      if (need === 0n) continue;
      slices.set(quota.id, slice);
      if (refusals > 0) {
        book.putBack(slice, now);
        continue;
      }
      const least = larger(need, wants.get(quota.id)?.least ?? 0n);
      wants.set(quota.id, { extra: wantOf(slice, least), least });
    }
  }
  for (const slice of low) {
    const extra = refillOf(slice, now);
    if (extra === 0n || slices.has(slice.quota)) continue;
    slices.set(slice.quota, slice);
    wants.set(slice.quota, { extra, least: smaller(slice.largest, extra) });
  }
  return {
    waiters,
    slices,
    request: {
      returns: book.takeReturns(slices, RETURNS_AT_ONCE),
      needs: waiters.map(needEntries),
      wants: [...wants].map(([id, { extra, least }]) => [id, formatUsd(extra), formatUsd(least)]),
    },
  };
}

function needEntries({ limits, needs }: Waiter): NeedEntry[] {
  return limits
    .map(({ quota }) => [quota.id, needOf(quota, needs)] as const)
    .filter(([, need]) => need > 0n)
    .map(([id, need]) => [id, formatUsd(need)]);
}

/**
 * Books what Postgres answered. `sentAt` is when the statement was sent for the first time (ms, monotonic): what it
 * says of windows was true at some moment after that, so their ends are never taken for later than they are.
 */
export function applyAnswer<W extends Waiter>(
  turn: LeaseTurn<W>,
  answer: LeaseAnswer,
  book: SliceBook,
  sentAt: number,
): LeaseOutcome<W>[] {
  for (const [quota, period, leftMs, cap, left] of answer.quotas) {
    const slice = turn.slices.get(quota);
    if (!slice) continue;
    const endsAt = leftMs === null ? Infinity : sentAt + leftMs;
    slice.enter(period, endsAt, parseUsd(cap), parseUsd(left));
    book.use(slice);
  }
  takeExtra(turn, answer);
  for (const quota of answer.recalled) book.recall(quota, sentAt);
  return [...grantedOf(turn, answer), ...refusedOf(turn, answer)];
}

/** What came beyond the needs; a quota that gave less than was wanted of it is scarce until it gives as much. */
function takeExtra({ slices, request }: LeaseTurn<Waiter>, { extra }: LeaseAnswer): void {
  const amounts = new Map(extra);
  for (const [quota, wanted] of request.wants) {
    const slice = slices.get(quota);
    if (!slice) continue;
    const amount = parseUsd(amounts.get(quota) ?? '0');
    slice.inHand += amount;
    slice.isScarce = amount < parseUsd(wanted);
  }
}

function grantedOf<W extends Waiter>(
  { waiters }: LeaseTurn<W>,
  { granted }: LeaseAnswer,
): LeaseOutcome<W>[] {
  return granted.flatMap((at) => {
    const waiter = waiters[at];
    if (!waiter) return [];
    const { limits, needs } = waiter;
    for (const { quota, slice } of limits) slice.count(needOf(quota, needs));
    return { waiter, hold: new Hold(limits, needs) };
  });
}

function refusedOf<W extends Waiter>(
  { waiters }: LeaseTurn<W>,
  { refused }: LeaseAnswer,
): LeaseOutcome<W>[] {
  return refused.flatMap((refusal) => {
    const waiter = waiters[refusal.need];
    const limit = waiter?.limits.find(({ quota }) => quota.id === refusal.quota);
    if (!waiter || !limit) return [];
    limit.slice.isScarce = true;
    waiter.refusals++;
    return { waiter, refused: refusal, limit };
  });
}
