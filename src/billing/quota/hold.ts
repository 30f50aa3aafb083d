import { AmountTexts, PIECE, smaller } from './amount.js';
import { needOf, type CallNeeds, type Limit, type Quota } from './limit.js';
import { isMoney, type HoldEntry, type Period, type UseEntry } from './quota.js';
import { useEntry } from './use-entry.js';

const HOLDS = new AmountTexts();
const COSTS = new AmountTexts();

/** What a call used in the end. */
export interface CallUse {
  /** What the wallet is charged, pico-USD. */
  readonly credit: bigint;
  /** What it costs budgets, pico-USD. */
  readonly budget: bigint;
  /** Tokens, in amounts of 10⁻¹². */
  readonly tokens: bigint;
  /** False: no provider was asked, so that it counts against nothing. */
  readonly wasSent: boolean;
  /** False: the figures are an estimate, and what it did not cost stays set aside for a better one. */
  readonly isFinal: boolean;
}

/**
 * What is set aside for a call, of each of its limits, until it is closed. `settle` says what it used, `release` gives
 * the rest back to the hand; before a provider was asked, `release` alone gives all of it back.
 */
export class Hold {
  private readonly periods: readonly Period[];
  /** What goes back to the hand at the end, by limit. */
  private rest: bigint[] | undefined;
  private isOver = false;

  constructor(
    readonly limits: readonly Limit[],
    private readonly needs: CallNeeds,
  ) {
    this.periods = limits.map(({ slice }) => slice.period);
    for (const { slice } of limits) slice.holds++;
  }

  /** As the open record has it. */
  entries(): HoldEntry[] {
    const entries: HoldEntry[] = [];
    let at = 0;
    for (const { quota } of this.limits) {
      const hold = needOf(quota, this.needs);
      if (hold > 0n) entries.push([quota.id, this.periodOf(at), HOLDS.of(hold), quota.kind]);
      at++;
    }
    return entries;
  }

  /**
   * What the call used, as the close record has it. Costs beyond the hold are taken from the hand as far as it has
   * them, unless `maySpend` is false: this process has lost its slices.
   */
  settle(use: CallUse, now: number, maySpend: boolean): UseEntry[] {
    const entries: UseEntry[] = [];
    const rests: bigint[] = [];
    for (const { quota, slice } of this.limits) {
      const period = this.periodOf(rests.length);
      const hold = needOf(quota, this.needs);
      const cost = use.wasSent ? costOf(quota, use) : 0n;
      const covered = smaller(cost, hold);
      const excess = cost > hold && maySpend ? slice.takeExcess(cost - hold, period, now) : 0n;
      const kept = use.isFinal || !use.wasSent || !isMoney(quota.kind) ? 0n : hold - covered;
      rests.push(hold - covered - kept);
      if (quota.kind === 'concurrency' || (hold === 0n && cost === 0n)) continue;
      const taken = COSTS.of(covered + excess);
      entries.push(
        useEntry(quota.id, period, HOLDS.of(hold), taken, COSTS.of(cost), HOLDS.of(kept)),
      );
    }
    this.rest = rests;
    return entries;
  }

  /** Once the end is recorded: what the call did not use may be spent by others again. Only the first time. */
  release(now: number): void {
    if (this.isOver) return;
    this.isOver = true;
    let at = 0;
    for (const { quota, slice } of this.limits) {
      slice.holds--;
      const amount = this.rest ? (this.rest[at] ?? 0n) : needOf(quota, this.needs);
      if (amount > 0n) slice.giveBack(amount, this.periodOf(at), now);
      at++;
    }
  }

  private periodOf(at: number): Period {
    return this.periods[at] ?? 0;
  }
}

function costOf({ kind }: Quota, use: CallUse): bigint {
  switch (kind) {
    case 'credit':
      return use.credit;
    case 'budget':
      return use.budget;
    case 'tokens_per_minute':
      return use.tokens;
    case 'requests_per_minute':
    case 'requests_per_day':
      return PIECE;
    case 'concurrency':
      return 0n;
  }
}
