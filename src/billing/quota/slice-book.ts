import { formatUsd } from '../../core/money.js';
import { needOf, type CallNeeds, type Limit } from './limit.js';
import type { Period } from './quota.js';
import { Slice } from './slice.js';
import { refillOf } from './want.js';

/** Ticks without a call after which a slice is given back, and further ones after which it may be forgotten. */
const IDLE_TICKS = 2;
const FORGOTTEN_TICKS = 120;
/** In so many ticks all slices are looked at for those that may be forgotten. */
const SWEEP_TICKS = 60;

/** What is given back: quota, window, decimal amount. */
export type ReturnEntry = readonly [quota: string, period: Period, amount: string];

/**
 * All that this process has in hand, and what it gives back with the next statement: from the moment that an amount is
 * among the returns nobody here may spend it.
 */
export class SliceBook {
  private readonly slices = new Map<string, Slice>();
  /** Those that calls use, and those of which something is in hand or comes back into it. */
  private active: Slice[] = [];
  private ticks = 0;
  /** Where the look for what may be forgotten has got to. */
  private sweep = this.slices.values();
  /** Those that are to be filled up before they are empty. */
  private readonly low = new Set<Slice>();
  private readonly returns = new Map<string, { quota: string; period: Period; amount: bigint }>();

  /** The slice of a quota. */
  sliceOf(quota: string): Slice {
    const known = this.slices.get(quota);
    if (known) return known;
    const slice = new Slice(quota);
    slice.restingSince = this.ticks;
    this.slices.set(quota, slice);
    return slice;
  }

  /** Takes what a call needs of each of its limits from the hand: all of it or nothing. */
  take(limits: readonly Limit[], needs: CallNeeds, now: number): boolean {
    for (const { quota, slice } of limits) {
      const need = needOf(quota, needs);
      if (need > 0n && !slice.covers(need, now)) return false;
    }
    for (const { quota, slice } of limits) {
      const need = needOf(quota, needs);
      if (need > 0n) slice.take(need);
    }
    return true;
  }

  /** Postgres gave this process something of a quota; from now on the book looks after it. */
  use(slice: Slice): void {
    if (!slice.isInUse) this.active.push(slice);
    slice.isInUse = true;
    // Whoever asked with it may have kept it for longer than the book has.
    if (!this.slices.has(slice.quota)) this.slices.set(slice.quota, slice);
  }

  /** All that is in hand of a quota goes back. */
  putBack(slice: Slice, now: number): void {
    const { quota, period, inHand } = slice;
    slice.inHand = 0n;
    // What was left of a window that is over went with it.
    if (inHand === 0n || now >= slice.endsAt) return;
    const key = `${period} ${quota}`;
    const amount = (this.returns.get(key)?.amount ?? 0n) + inHand;
    this.returns.set(key, { quota, period, amount });
  }

  /** Others ran short of a quota. */
  recall(quota: string, now: number): void {
    const slice = this.slices.get(quota);
    if (!slice) return;
    slice.isScarce = true;
    this.putBack(slice, now);
  }

  recallAll(now: number): void {
    for (const slice of this.active) this.putBack(slice, now);
  }

  /**
   * Once a second: averages go on, what runs low is noted, and what no call has used for two seconds goes back; not
   * while Postgres does not answer (`isAway`), which could give it to nobody. Slices that rest cost nothing: there may be
   * a hundred thousand of them.
   */
  tick(now: number, isAway = false): void {
    this.ticks++;
    this.low.clear();
    for (const slice of this.active) {
      slice.tick();
      if (refillOf(slice, now) > 0n) this.low.add(slice);
      if (slice.stillTicks >= IDLE_TICKS && !isAway) this.leave(slice, now);
    }
    this.active = this.active.filter(({ isInUse }) => isInUse);
    this.forget();
  }

  /** Takes out so many of those that ran low at the last tick, to be asked for. */
  takeLow(most: number): Slice[] {
    const low = [...this.low].slice(0, most);
    for (const slice of low) this.low.delete(slice);
    return low;
  }

  /** Nobody uses it any more. What running calls hold of it comes back into the hand when they end. */
  private leave(slice: Slice, now: number): void {
    this.putBack(slice, now);
    slice.largest = 0n;
    if (slice.holds > 0) return;
    slice.isInUse = false;
    slice.restingSince = this.ticks;
  }

  /** Looks at a part of all slices. */
  private forget(): void {
    for (let left = Math.ceil(this.slices.size / SWEEP_TICKS); left > 0; left--) {
      const next = this.sweep.next();
      if (next.done) {
        this.sweep = this.slices.values();
        return;
      }
      const slice = next.value;
      if (slice.isInUse || this.ticks - slice.restingSince < FORGOTTEN_TICKS) continue;
      this.slices.delete(slice.quota);
    }
  }

  get hasLow(): boolean {
    return this.low.size > 0;
  }

  get hasReturns(): boolean {
    return this.returns.size > 0;
  }

  /**
   * What is to be given back, for a statement that will be repeated until it is answered: all of the quotas `first`, and
   * so many others. The rest is for the next statements.
   */
  takeReturns(first: { has(quota: string): boolean }, others: number): ReturnEntry[] {
    const entries: ReturnEntry[] = [];
    let left = others;
    for (const [key, { quota, period, amount }] of this.returns) {
      if (!first.has(quota)) {
        if (left === 0) continue;
        left--;
      }
      entries.push([quota, period, formatUsd(amount)]);
      this.returns.delete(key);
    }
    return entries;
  }

  /** The process may spend nothing any more, and gives nothing back: its leases are released by others. */
  discard(): void {
    for (const slice of this.active) slice.discard();
    this.active = [];
    this.low.clear();
    this.returns.clear();
  }
}
