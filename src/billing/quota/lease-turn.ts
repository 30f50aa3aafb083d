import { formatUsd, parseUsd } from '../../core/money.js';
import { larger } from './amount.js';
import { Hold } from './hold.js';
import { needOf, type CallNeeds, type Limit } from './limit.js';
import type { LeaseAnswer, LeaseRefusal } from './quota.js';
import { wantOf, type ReturnEntry, type SliceBook } from './slice-book.js';
import type { Slice } from './slice.js';

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
 * Puts all calls that wait into one statement. A call that was refused before gives back first what is in hand of its
 * quotas and asks for the whole of its hold, so that what is left is not torn between the two; it asks for no more.
 */
export function composeTurn<W extends Waiter>(
  waiters: readonly W[],
  book: SliceBook,
  now: number,
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
  return {
    waiters,
    slices,
    request: {
      returns: book.takeReturns(),
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
  for (const [quota, amount] of answer.extra) {
    const slice = turn.slices.get(quota);
    if (slice) slice.inHand += parseUsd(amount);
  }
  for (const quota of answer.recalled) book.recall(quota, sentAt);
  return [...grantedOf(turn, answer), ...refusedOf(turn, answer)];
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
    waiter.refusals++;
    return { waiter, refused: refusal, limit };
  });
}
