import { PIECE } from '../../src/billing/quota/amount.js';

/** The three limits of the organization in the model. */
export const KINDS = ['credit', 'budget', 'requests_per_day'] as const;
export type ModelKind = (typeof KINDS)[number];
type Amounts = Record<ModelKind, bigint>;
type Money = Pick<Amounts, 'credit' | 'budget'>;

/** How a call ended. */
export interface CallEnd {
  readonly cost: bigint;
  readonly isFinal: boolean;
  /** False: no provider was asked. */
  readonly wasSent: boolean;
}

/** A call, as far as its organization's money is concerned. */
export interface ModelCall {
  readonly id: string;
  readonly hold: bigint;
  state: 'open' | 'closed' | 'posted';
  isEstimate: boolean;
  cost: bigint;
  /** As far as its journal tells while it is open. */
  progress: bigint;
  /** What nobody else can have on its account, and what of it is no cost but kept for a better figure. */
  committed: Amounts;
  kept: bigint;
  requests: bigint;
}

/**
 * What admission promises, in as few words as possible: of each limit, what is there less what calls have set aside,
 * used or kept is available, wherever it lies, except in the hand of a process that died and is not buried yet.
 */
export class LeaseModel {
  readonly calls = new Map<string, ModelCall>();
  /** Whether any call cost more than it had set aside: then the limits may be passed by as much. */
  overran = false;
  private readonly lost = new Map<object, Amounts>();

  constructor(readonly caps: Amounts) {}

  available(kind: ModelKind): bigint {
    let left = this.caps[kind];
    for (const { committed } of this.calls.values()) left -= committed[kind];
    for (const amounts of this.lost.values()) left -= amounts[kind];
    return left;
  }

  admits(needs: Amounts): boolean {
    return KINDS.every((kind) => needs[kind] <= this.available(kind));
  }

  opened(id: string, needs: Amounts): void {
    this.calls.set(id, {
      id,
      hold: needs.credit,
      state: 'open',
      isEstimate: false,
      cost: 0n,
      progress: 0n,
      committed: { ...needs },
      kept: 0n,
      requests: PIECE,
    });
  }

  died(process: object, inHand: Amounts): void {
    this.lost.set(process, inHand);
  }

  buried(process: object): void {
    this.lost.delete(process);
  }

  call(id: string): ModelCall {
    const call = this.calls.get(id);
    if (!call) throw new Error(`no call ${id}`);
    return call;
  }

  /** `taken` is what the close says left the slice: the whole hold where the process gives nothing back any more. */
  closed(id: string, { cost, isFinal, wasSent }: CallEnd, taken: Money | 'hold'): void {
    const call = this.call(id);
    const used = cost < call.hold ? cost : call.hold;
    call.state = 'closed';
    call.isEstimate = !isFinal;
    call.cost = cost;
    call.kept = isFinal ? 0n : call.hold - used;
    if (cost > call.hold) this.overran = true;
    call.requests = wasSent ? PIECE : 0n;
    if (taken === 'hold') return;
    call.committed = {
      credit: taken.credit + call.kept,
      budget: taken.budget + call.kept,
      requests_per_day: call.requests,
    };
  }

  /** Now the whole cost counts, whatever had been taken. */
  posted(id: string): void {
    const call = this.call(id);
    call.state = 'posted';
    const money = call.cost + call.kept;
    call.committed = { credit: money, budget: money, requests_per_day: call.requests };
  }

  truedUp(id: string, cost: bigint): void {
    const call = this.call(id);
    if (cost > call.cost + call.kept) this.overran = true;
    call.cost = cost;
    call.kept = 0n;
    call.isEstimate = false;
    call.committed = { ...call.committed, credit: cost, budget: cost };
  }

  /** What Postgres must have on record as spent, and as kept. */
  spent(kind: ModelKind): bigint {
    const posted = [...this.calls.values()].filter(({ state }) => state === 'posted');
    const costs = posted.map((call) => (kind === 'requests_per_day' ? call.requests : call.cost));
    return costs.reduce((sum, cost) => sum + cost, 0n);
  }
}
