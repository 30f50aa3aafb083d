import type pg from 'pg';
import { fencedUse } from '../../src/billing/journal/fenced-use.js';
import type { CloseRecord, JournalRecord } from '../../src/billing/journal/journal-record.js';
import { JournalState, type ClosedCall } from '../../src/billing/journal/journal-state.js';
import { Hold, type CallUse } from '../../src/billing/quota/hold.js';
import {
  applyAnswer,
  composeTurn,
  type LeaseOutcome,
  type Waiter,
} from '../../src/billing/quota/lease-turn.js';
import type { CallNeeds, Limit } from '../../src/billing/quota/limit.js';
import type { FencedAnswer, LeaseAnswer } from '../../src/billing/quota/quota.js';
import { SliceBook } from '../../src/billing/quota/slice-book.js';
import { formatUsd } from '../../src/core/money.js';
import { nextUlid } from '../../src/platform/ulid.adapter.js';
import { chargeOf, closeOf, identityOf, openOf } from './journal.js';

/** Times play no part: all windows last. */
const NOW = 0;

/** A gateway process and its journal, driven step by step: what it leases and posts goes to the real SQL functions. */
export class ModelProcess {
  id = nextUlid();
  book = new SliceBook();
  limits: readonly Limit[] = [];
  /** The answer to its next statement is lost, so that it is sent twice. */
  losesReply = false;
  /** Its lease was ended while it was paused, at this place in its journal. */
  fencedAt: number | undefined;
  private readonly open = new Map<string, Hold>();
  private operation = 0;
  private sequence = 0;
  private journal = new JournalState();
  private closed: ClosedCall[] = [];
  /** What was posted, to be posted again. */
  private posted: ClosedCall[] = [];

  constructor(
    private readonly database: pg.Client,
    readonly organization: string,
    quotas: readonly Limit['quota'][],
  ) {
    this.limits = quotas.map((quota) => ({ quota, slice: this.book.sliceOf(quota.id) }));
  }

  async register(): Promise<void> {
    await this.query('SELECT register_process($1, $2, 60000)', [this.id, 'm1/b1']);
  }

  get openCalls(): readonly string[] {
    return [...this.open.keys()];
  }

  get hasUnposted(): boolean {
    return this.closed.length > 0;
  }

  /** In hand of a quota. */
  inHand(quota: string): bigint {
    return this.book.sliceOf(quota).inHand;
  }

  takeFromHand(needs: CallNeeds): Hold | undefined {
    return this.book.take(this.limits, needs, NOW) ? new Hold(this.limits, needs) : undefined;
  }

  /** One statement for one call, or for none. Undefined where the process is told that it was fenced. */
  async ask(waiter?: Waiter): Promise<LeaseOutcome<Waiter> | 'fenced' | undefined> {
    const turn = composeTurn(waiter ? [waiter] : [], this.book, NOW, this.book.takeLow(Infinity));
    const { returns, needs, wants } = turn.request;
    const values = [
      this.id,
      ++this.operation,
      ...[returns, needs, wants].map((part) => JSON.stringify(part)),
    ];
    let answer: LeaseAnswer | FencedAnswer | undefined;
    for (let times = this.losesReply ? 2 : 1; times > 0; times--) {
      const sql =
        'SELECT lease_operation($1, $2, 60000, $3::jsonb, $4::jsonb, $5::jsonb, true) AS answer';
      const [row] = await this.query<{ answer: LeaseAnswer | FencedAnswer }>(sql, values);
      answer = row?.answer;
    }
    this.losesReply = false;
    if (!answer || 'fenced' in answer) return 'fenced';
    return applyAnswer(turn, answer, this.book, NOW)[0];
  }

  /** Others have run short: what is in hand of a quota goes back; of all, where none is named. */
  async giveBack(quota?: string): Promise<void> {
    if (quota === undefined) this.book.recallAll(NOW);
    else this.book.recall(quota, NOW);
    if (this.book.hasReturns) await this.ask();
  }

  /** A second is over: what runs low is asked for, what was not used for long goes back. */
  async tick(): Promise<void> {
    this.book.tick(NOW);
    if (this.book.hasLow || this.book.hasReturns) await this.ask();
  }

  begin(call: string, hold: Hold): void {
    this.open.set(call, hold);
    const identity = identityOf({ organization: this.organization });
    this.write({ ...openOf(call), identity, holds: hold.entries() });
  }

  /** Closes a call, as the account of a call does. Gives the entries of its close record. */
  close(call: string, cost: bigint, more: Partial<CallUse>): CloseRecord['quotas'] {
    const hold = this.open.get(call);
    if (!hold) throw new Error(`${call} is not open`);
    this.open.delete(call);
    const use = { credit: cost, budget: cost, tokens: 0n, wasSent: true, isFinal: true, ...more };
    const quotas = hold.settle(use, NOW, this.fencedAt === undefined);
    const identity = identityOf({ organization: this.organization });
    const charge = chargeOf(formatUsd(cost), { rank: use.isFinal ? 'final' : 'estimate' });
    this.write({ ...closeOf(call), identity, charge, quotas });
    hold.release(NOW);
    return quotas;
  }

  /** Posts the oldest closes, at most so many; gives their calls. `again`: with all that was posted before. */
  async post(most: number, again = false): Promise<string[]> {
    const batch = this.closed.splice(0, most);
    const sent = again ? [...this.posted, ...batch, ...this.posted] : batch;
    if (sent.length > 0)
      await this.query('SELECT post_calls($1, $2::jsonb)', [
        this.id,
        JSON.stringify(sent.map((closed) => this.asPosted(closed))),
      ]);
    this.posted.push(...batch);
    return batch.map(({ close }) => close.call);
  }

  /** Paused beyond its deadline: what is posted is posted, and what no open call holds is released. */
  async fence(): Promise<void> {
    const keep = [...this.open.values()].flatMap((hold) =>
      hold.entries().map(([quota, period, amount]) => [quota, period, amount]),
    );
    this.fencedAt = this.sequence;
    this.book.discard();
    await this.query(
      `WITH late AS (UPDATE process SET deadline = now() - interval '1 s' WHERE id = $1 RETURNING deadline)
       SELECT 1 FROM late`,
      [this.id],
    );
    await this.query(
      `SELECT end_process($1, 'fenced', (SELECT deadline FROM process WHERE id = $1), $2::jsonb, $3)`,
      [this.id, JSON.stringify(keep), this.sequence],
    );
  }

  /** The poster has found it dead: its open calls end at what had been delivered, and it is released. */
  async bury(): Promise<string[]> {
    const calls = await this.post(Infinity);
    this.closed.push(...this.journal.abandoned(NOW));
    this.open.clear();
    calls.push(...(await this.post(Infinity)));
    await this.query(`SELECT end_process($1, 'dead', NULL, '[]', NULL)`, [this.id]);
    return calls;
  }

  /** What a running call has used so far. */
  progress(call: string, cost: bigint): void {
    this.write({ type: 'progress', call, charge: chargeOf(formatUsd(cost), { rank: 'progress' }) });
  }

  private write(record: JournalRecord): void {
    const line = { sequence: ++this.sequence, record };
    const closed = this.journal.apply(line, 'a');
    if (closed) this.closed.push(closed);
  }

  private asPosted(closed: ClosedCall): object {
    if (this.fencedAt === undefined) return closed.close;
    return { ...closed.close, quotas: fencedUse(closed, this.fencedAt) };
  }

  private async query<R extends object>(text: string, values: readonly unknown[]): Promise<R[]> {
    const { rows } = await this.database.query<R>({ text, values: [...values] });
    return rows;
  }
}
