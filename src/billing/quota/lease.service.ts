import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Deadlines } from '../../platform/deadlines.adapter.js';
import { NotificationService } from '../../platform/notification.service.js';
import { ProcessEndService } from '../../platform/process-end.service.js';
import { JournalWriter } from '../journal/journal.writer.js';
import { Hold } from './hold.js';
import { LeaseBatch } from './lease-batch.js';
import { Ask, LeaseQueue } from './lease-queue.js';
import { applyAnswer, composeTurn, type LeaseOutcome } from './lease-turn.js';
import { LEASE_MS, LeaseClient } from './lease.client.js';
import { needOf, type CallNeeds, type Limit } from './limit.js';
import type { LeaseAnswer } from './quota.js';
import { ledgerUnavailable, refusalError, refusalOf } from './refusal.js';
import { rememberRefusal } from './remembered-refusal.js';
import { SliceBook } from './slice-book.js';
import type { Slice } from './slice.js';

/** The part of its lease that a process uses; the rest is for the clocks' difference. */
const USED_SHARE = 0.9;
/** Without other statements Postgres hears from this process so often. */
const HEARTBEAT_MS = Math.min(LEASE_MS / 4, 2_000);
const TICK_MS = 1_000;
/** How long a call waits for Postgres to answer, and for others to give back what they have in hand. */
const PATIENCE_MS = 2_500;
/** One that many others are before waits for as long as Postgres answers those, but no longer than this. */
const LONGEST_WAIT_MS = 10_000;
const RECALL_MS = 400;
/** From one question of a call to its next, and at random up to so much more. */
const RETRY_MS = 20;
/** At shutdown Postgres gets so long to take the slices back; else they are released when the process is dead. */
const FAREWELL_MS = 1_500;

/**
 * What this process may spend: slices of quotas, leased from Postgres, spent in memory, given back when others need
 * them or nobody uses them. Without an answer of Postgres it may spend for 54 seconds more; once its lease was ended by
 * others it spends nothing, ends its calls and exits.
 */
@Injectable()
export class LeaseService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(LeaseService.name);
  private readonly queue = new LeaseQueue();
  private readonly batch = new LeaseBatch();
  private readonly patience = new Deadlines(PATIENCE_MS);
  /** Until when this process may spend what it has in hand, on the monotonic clock, ms. */
  private deadline = -Infinity;
  private state: 'leasing' | 'fenced' | 'stopping' = 'leasing';
  /** The statement that waits for its answer, and since when. */
  private statement: Promise<void> | undefined;
  private statementSince = 0;
  private answeredAt = -Infinity;
  private ticking: NodeJS.Timeout | undefined;
  private waking: NodeJS.Timeout | undefined;
  private isKicked = false;

  constructor(
    private readonly client: LeaseClient,
    private readonly book: SliceBook,
    private readonly journal: JournalWriter,
    private readonly notifications: NotificationService,
    private readonly processEnd: ProcessEndService,
  ) {}

  /** Behind everybody's onModuleInit: a process that is known to Postgres has a journal. */
  async onApplicationBootstrap(): Promise<void> {
    await this.notifications.listen('osm_recall', (payload) => this.recalled(payload));
    this.notifications.onGap((isConnected) => {
      // Whoever asked meanwhile was not heard. While nobody can be heard, what is in hand is needed here.
      if (isConnected) this.book.recallAll(performance.now());
      this.kick();
    });
    const { processId, machine } = this.journal;
    this.run(this.client.register(processId, machine));
    this.ticking = setInterval(() => {
      const now = performance.now();
      this.book.tick(now, this.statement && now - this.statementSince > TICK_MS);
      this.turn();
    }, TICK_MS).unref();
  }

  /** Calls are drained by now: all that was not spent is in hand. */
  async onApplicationShutdown(): Promise<void> {
    const wasLeasing = this.state === 'leasing';
    this.state = 'stopping';
    clearInterval(this.ticking);
    clearTimeout(this.waking);
    const timer = setTimeout(() => void this.client.close(), FAREWELL_MS);
    if (wasLeasing) await this.giveAllBack();
    clearTimeout(timer);
    await this.client.close();
  }

  /** What a call needs, from the hand; undefined where that has too little. */
  take(limits: readonly Limit[], needs: CallNeeds): Hold | undefined {
    const now = performance.now();
    if (now >= this.deadline || !this.book.take(limits, needs, now)) return undefined;
    return new Hold(limits, needs);
  }

  /**
   * What a call needs, from Postgres.
   * @throws GatewayError insufficient_credits, budget_exceeded, rate_limit_exceeded, ledger_unavailable
   */
  ask(limits: readonly Limit[], needs: CallNeeds): Promise<Hold> {
    const now = performance.now();
    if (this.state !== 'leasing') return Promise.reject(ledgerUnavailable(`it is ${this.state}`));
    if (this.statement && now - this.statementSince > PATIENCE_MS)
      return Promise.reject(ledgerUnavailable('Postgres does not answer'));
    return new Promise((resolve, reject) => {
      const ask = new Ask(limits, needs, now, (end) => {
        this.patience.met(deadline);
        if (end instanceof Hold) resolve(end);
        else reject(end);
      });
      const giveUp = (): void => {
        if (this.isWorthWaiting(ask)) deadline = this.patience.begin(giveUp);
        else ask.end(ledgerUnavailable(`Postgres did not answer within ${PATIENCE_MS} ms`));
      };
      let deadline = this.patience.begin(giveUp);
      this.queue.add(ask);
      this.kick();
    });
  }

  /** Postgres has answered others while it waited, so its turn comes. */
  private isWorthWaiting({ since }: Ask): boolean {
    const now = performance.now();
    return this.answeredAt > now - PATIENCE_MS && now - since < LONGEST_WAIT_MS;
  }

  /** Whether what is in hand may be spent now. */
  maySpend(): boolean {
    return performance.now() < this.deadline;
  }

  private recalled(payload: string): void {
    const space = payload.indexOf(' ');
    // What this process ran short of itself it gives back with its next question.
    if (payload.slice(0, space) === this.journal.processId) return;
    this.book.recall(payload.slice(space + 1), performance.now());
    if (this.book.hasReturns) this.kick();
  }

  /** A turn soon, for all who ask until then. */
  private kick(): void {
    if (this.isKicked) return;
    this.isKicked = true;
    setImmediate(() => {
      this.isKicked = false;
      this.turn();
    });
  }

  /** One statement at a time, for all calls that wait. */
  private turn(): void {
    if (this.statement || this.state !== 'leasing') return;
    const now = performance.now();
    const asks = this.queue.takeDue(now, this.batch.size).filter((ask) => !this.admitFromHand(ask));
    const isBeat = now - this.answeredAt >= HEARTBEAT_MS;
    if (asks.length > 0 || this.book.hasReturns || this.book.hasLow || isBeat)
      this.run(this.operate(asks, this.book.takeLow(this.batch.size)));
    else this.wakeAt(this.queue.nextAt(), now);
  }

  private run(statement: Promise<void>): void {
    this.statementSince = performance.now();
    this.statement = statement.finally(() => {
      this.statement = undefined;
      this.turn();
    });
  }

  private wakeAt(at: number | undefined, now: number): void {
    clearTimeout(this.waking);
    if (at !== undefined) this.waking = setTimeout(() => this.turn(), Math.max(1, at - now));
  }

  /** Something may have been given back since it asked. */
  private admitFromHand(ask: Ask): boolean {
    const hold = this.take(ask.limits, ask.needs);
    if (hold) ask.end(hold);
    return hold !== undefined;
  }

  private async operate(asks: readonly Ask[], low: readonly Slice[]): Promise<void> {
    const turn = composeTurn(asks, this.book, performance.now(), low);
    const reply = await this.client.operate(this.journal.processId, turn.request);
    if (!reply) return;
    const { answer, firstSentAt, sentAt } = reply;
    if ('fenced' in answer) return this.fence(asks);
    this.answeredAt = performance.now();
    this.batch.answered(this.answeredAt - firstSentAt);
    this.deadline = sentAt + USED_SHARE * LEASE_MS;
    for (const outcome of applyAnswer(turn, answer, this.book, firstSentAt))
      this.conclude(outcome, answer);
  }

  private conclude(outcome: LeaseOutcome<Ask>, answer: LeaseAnswer): void {
    const now = performance.now();
    const { waiter: ask } = outcome;
    if ('hold' in outcome) {
      if (!ask.end(outcome.hold)) outcome.hold.release(now);
      return;
    }
    const { limit, refused } = outcome;
    const need = needOf(limit.quota, ask.needs);
    const refusal = refusalOf(need, refused, now, answer.now);
    if (refused.final) rememberRefusal(limit, refusal, ask);
    if (refused.final || now - ask.since > RECALL_MS) {
      ask.end(refusalError(limit, refusal, ask.limits, now));
      return;
    }
    ask.notBefore = now + RETRY_MS * (1 + Math.random());
    this.queue.add(ask);
  }

  /** Others were told that what this process had is theirs. */
  private fence(asks: readonly Ask[]): void {
    this.deadline = -Infinity;
    this.book.discard();
    const error = ledgerUnavailable('this process was fenced');
    for (const ask of asks) ask.end(error);
    this.queue.refuseAll(error);
    if (this.state === 'stopping') return;
    this.state = 'fenced';
    this.logger.fatal('the lease of this process was ended by others: it ends its calls and exits');
    this.processEnd.request();
  }

  private async giveAllBack(): Promise<void> {
    await this.statement;
    this.book.recallAll(performance.now());
    while (this.book.hasReturns) await this.operate([], []);
  }
}
