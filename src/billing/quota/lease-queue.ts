import type { Hold } from './hold.js';
import type { Waiter } from './lease-turn.js';
import type { CallNeeds, Limit } from './limit.js';

/** A call that waits for Postgres. Times are in milliseconds of the monotonic clock. */
export class Ask implements Waiter {
  refusals = 0;
  /** When to ask again, after others were asked to give back what they have. */
  notBefore: number;
  /** Nobody waits for it any more. */
  isOver = false;

  constructor(
    readonly limits: readonly Limit[],
    readonly needs: CallNeeds,
    readonly since: number,
    private readonly answer: (end: Hold | Error) => void,
  ) {
    this.notBefore = since;
  }

  /** Gives the call its hold, or the reason why it gets none. Only the first end counts: false for any other. */
  end(end: Hold | Error): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    this.answer(end);
    return true;
  }
}

/** The calls that wait, in the order in which they came. */
export class LeaseQueue {
  private asks: Ask[] = [];

  add(ask: Ask): void {
    this.asks.push(ask);
  }

  /** Takes out those whose turn it is, at most so many. */
  takeDue(now: number, most: number): Ask[] {
    const due: Ask[] = [];
    const rest: Ask[] = [];
    for (const ask of this.asks) {
      if (ask.isOver) continue;
      if (ask.notBefore <= now && due.length < most) due.push(ask);
      else rest.push(ask);
    }
    this.asks = rest;
    return due;
  }

  /** When the next one is due; undefined where none waits. */
  nextAt(): number | undefined {
    let next: number | undefined;
    for (const { isOver, notBefore } of this.asks) {
      if (!isOver && (next === undefined || notBefore < next)) next = notBefore;
    }
    return next;
  }

  /** Nobody waits any more. */
  refuseAll(error: Error): void {
    for (const ask of this.asks.splice(0)) ask.end(error);
  }
}
