import { smaller } from './amount.js';
import type { Period } from './quota.js';

/** What Postgres said when it refused something of a quota. */
export interface Refusal {
  /** So much was asked for; whoever asks for less may try. */
  readonly need: bigint;
  /** What nobody had spent; where that would have done, what nobody had leased either. */
  readonly left: bigint;
  /** When the window ends on the monotonic clock, ms; undefined of a total. */
  readonly resetsAt: number | undefined;
  /** The same moment by the database's clock, milliseconds since the epoch. */
  readonly resetsAtDate: number | undefined;
  /** Until when it is believed without asking again, on the monotonic clock, ms. */
  readonly until: number;
}

/** One that need not be asked for again. */
export interface RememberedRefusal extends Refusal {
  /** Of these Postgres looked at what is left when it refused. */
  readonly asked: readonly Slice[];
}

/**
 * What this process has in hand of one quota, in one window of it. Whoever calls says what time it is, in milliseconds
 * of the monotonic clock.
 */
export class Slice {
  inHand = 0n;
  period: Period = 0;
  /** From then on nothing of this window may be spent any more; in the past while the window is not known. */
  endsAt = -Infinity;
  /** As Postgres said last: cap with the credit limit, and what nobody had spent or leased. */
  cap = 0n;
  left = 0n;
  /** What calls took since the last tick, and how many; and per tick on average. */
  taken = 0n;
  calls = 0;
  average = 0n;
  /** How many took something in the last tick, and in the last two. */
  lastCalls = 0;
  recentCalls = 0;
  /** The largest hold of late. */
  largest = 0n;
  /** Ticks since a call took something. */
  stillTicks = 0;
  /** The last grant was less than was asked for, or others ran short of it: it is asked for by calls alone. */
  isScarce = false;
  /** Calls that hold something of it. */
  holds = 0;
  /** Calls use it, or something of it is in hand or comes back into it. */
  isInUse = false;
  /** The tick at which somebody stopped using it last, or at which it came to be. */
  restingSince = 0;
  refusal: RememberedRefusal | undefined;

  constructor(readonly quota: string) {}

  covers(amount: bigint, now: number): boolean {
    return now < this.endsAt && amount <= this.inHand;
  }

  /** Takes what `covers` said is there. */
  take(amount: bigint): void {
    this.inHand -= amount;
    this.count(amount);
  }

  /** A call got this much, from the hand or straight from Postgres. */
  count(amount: bigint): void {
    if (amount === 0n) return;
    this.calls++;
    this.taken += amount;
    if (amount > this.largest) this.largest = amount;
  }

  /** A second is over. */
  tick(): void {
    const { calls, taken } = this;
    this.recentCalls = this.lastCalls + calls;
    this.lastCalls = calls;
    this.stillTicks = calls > 0 ? 0 : this.stillTicks + 1;
    this.average = (this.average * 3n + taken * 2n) / 5n;
    this.taken = 0n;
    this.calls = 0;
  }

  /** What a call did not need. Of a window that is over nothing comes back. */
  giveBack(amount: bigint, period: Period, now: number): void {
    if (period === this.period && now < this.endsAt) this.inHand += amount;
  }

  /** As much as is there of what a call used beyond its hold. */
  takeExcess(amount: bigint, period: Period, now: number): bigint {
    if (period !== this.period || now >= this.endsAt) return 0n;
    const got = smaller(amount, this.inHand);
    this.inHand -= got;
    return got;
  }

  /** Postgres told which window it is; what was in hand of another one is void. */
  enter(period: Period, endsAt: number, cap: bigint, left: bigint): void {
    if (period !== this.period) this.inHand = 0n;
    this.period = period;
    this.endsAt = endsAt;
    this.cap = cap;
    this.left = left;
  }

  /** Nothing in hand may be spent any more, and nothing comes back. */
  discard(): void {
    this.isInUse = false;
    this.inHand = 0n;
    this.endsAt = -Infinity;
  }
}
