import type pg from 'pg';
import type { CallNeeds, Quota } from '../../src/billing/quota/limit.js';
import type { Hold } from '../../src/billing/quota/hold.js';
import { PIECE } from '../../src/billing/quota/amount.js';
import { readUseEntry } from '../../src/billing/quota/use-entry.js';
import { parseUsd } from '../../src/core/money.js';
import { nextUlid } from '../../src/platform/ulid.adapter.js';
import {
  insertQuotas,
  postFigure,
  postRefund,
  postTopUp,
  readQuotas,
  type QuotaRow,
} from './lease-books.js';
import { PROCESSES, type Command } from './lease-commands.js';
import { KINDS, LeaseModel, type ModelKind } from './lease-model.js';
import { ModelProcess } from './lease-world.js';

/** Three processes, their organization, and a model of it that is told the same. */
export class LeaseStory {
  readonly model: LeaseModel;
  private readonly processes: ModelProcess[] = [];
  private readonly dead = new Set<ModelProcess>();
  private readonly quotas: readonly (Quota & { readonly kind: ModelKind })[];
  private calls = 0;

  private constructor(
    private readonly database: pg.Client,
    private readonly organization: string,
    caps: Record<ModelKind, bigint>,
  ) {
    this.model = new LeaseModel({ ...caps });
    const base = { scope: 'organization', scopeId: organization } as const;
    const none = { tagName: null, tagValue: null };
    this.quotas = KINDS.map((kind) => ({
      ...base,
      ...none,
      id: kind === 'credit' ? `credit:${organization}` : `${kind}:${organization}`,
      kind,
      window: kind === 'requests_per_day' ? 'day' : 'total',
    }));
  }

  static async begin(database: pg.Client, caps: Record<ModelKind, bigint>): Promise<LeaseStory> {
    // Processes of earlier stories would have a share of everything.
    await database.query(`UPDATE process SET state = 'dead'`);
    const story = new LeaseStory(database, `org_${nextUlid()}`, caps);
    await insertQuotas(database, story.organization, story.quotas, caps);
    for (let at = 0; at < PROCESSES; at++) await story.startProcess(at);
    return story;
  }

  async play({ action, process: at, which, amount }: Command): Promise<void> {
    const process = this.processes[at] as ModelProcess;
    // Many small ones, that are served from the hand, and a few that are not.
    const usd = BigInt(amount * amount) * parseUsd('0.00001');
    const isDead = this.dead.has(process);
    switch (action) {
      case 'call':
        return isDead || process.fencedAt !== undefined ? undefined : this.admit(process, usd);
      case 'close':
      case 'estimate':
        return isDead ? undefined : this.close(process, which, amount, action === 'close');
      case 'progress':
        return isDead ? undefined : this.progress(process, which, amount);
      case 'post':
      case 'replay':
        return this.posted(await process.post(1 + (which % 5), action === 'replay'));
      case 'return':
        return isDead ? undefined : process.giveBack();
      case 'tick':
        return isDead || process.fencedAt !== undefined ? undefined : process.tick();
      case 'lose reply':
        process.losesReply = true;
        return undefined;
      case 'crash':
        return this.crash(process);
      case 'bury':
        return isDead ? this.bury(at) : undefined;
      case 'fence':
        return isDead || process.fencedAt !== undefined ? undefined : this.fence(process);
      case 'true-up':
        return this.trueUp(which, amount);
      case 'top-up':
        return this.topUp(usd);
      case 'refund':
        return this.refund(which, amount);
    }
  }

  /** All processes end, one way or the other, and every estimate gets a better figure. */
  async end(): Promise<void> {
    for (const [at, process] of this.processes.entries()) {
      if (at === 0 && !this.dead.has(process)) {
        for (const id of process.openCalls) this.close(process, 1, 20, true, id);
        if (process.fencedAt === undefined) await process.giveBack();
      }
      this.crash(process);
      await this.bury(at);
      await this.processes[at]?.giveBack();
    }
    for (const { id, isEstimate, cost, kept } of this.model.calls.values())
      if (isEstimate) await this.trueUpTo(id, cost + kept);
  }

  /** The quotas as Postgres has them. */
  rows(): Promise<QuotaRow[]> {
    return readQuotas(this.database, this.organization);
  }

  private async startProcess(at: number): Promise<void> {
    const process = new ModelProcess(this.database, this.organization, this.quotas);
    await process.register();
    this.processes[at] = process;
  }

  private async admit(process: ModelProcess, usd: bigint): Promise<void> {
    const needs = { credit: usd, budget: usd, tokens: 0n };
    const amounts = { credit: usd, budget: usd, requests_per_day: PIECE };
    const expected = this.model.admits(amounts);
    const hold = process.takeFromHand(needs) ?? (await this.askPostgres(process, needs));
    if ((hold !== undefined) !== expected)
      throw new Error(`a call was ${hold ? 'admitted' : 'refused'} and should not have been`);
    if (!hold) return;
    const id = `tx_${this.organization}_${++this.calls}`;
    process.begin(id, hold);
    this.model.opened(id, amounts);
  }

  /** As a call that waits: asked again while others may have what it lacks, who give it back. */
  private async askPostgres(process: ModelProcess, needs: CallNeeds): Promise<Hold | undefined> {
    const waiter = { limits: process.limits, needs, refusals: 0 };
    for (let round = 0; round <= KINDS.length; round++) {
      const outcome = await process.ask(waiter);
      if (outcome === undefined || outcome === 'fenced') throw new Error('no answer');
      if ('hold' in outcome) return outcome.hold;
      if (outcome.refused.final) return undefined;
      for (const other of this.processes) {
        if (other === process || this.dead.has(other) || other.fencedAt !== undefined) continue;
        await other.giveBack(outcome.limit.quota.id);
      }
    }
    return undefined;
  }

  private close(
    process: ModelProcess,
    which: number,
    amount: number,
    isFinal: boolean,
    id = pick(process.openCalls, which),
  ): void {
    if (id === undefined) return;
    const wasSent = which % 10 !== 0;
    // Now and then it costs more than was set aside.
    const cost = wasSent ? (this.model.call(id).hold * BigInt(amount)) / 32n : 0n;
    const entries = process.close(id, cost, { isFinal, wasSent });
    const takenOf = (kind: 'credit' | 'budget'): bigint => {
      const entry = entries.find(([quota]) => quota.startsWith(`${kind}:`));
      return entry ? parseUsd(readUseEntry(entry).taken) : 0n;
    };
    const taken = { credit: takenOf('credit'), budget: takenOf('budget') };
    const isFenced = process.fencedAt !== undefined;
    this.model.closed(
      id,
      { cost, isFinal: isFinal || !wasSent, wasSent },
      isFenced ? 'hold' : taken,
    );
  }

  private progress(process: ModelProcess, which: number, amount: number): void {
    const id = pick(process.openCalls, which);
    if (id === undefined) return;
    const call = this.model.call(id);
    call.progress = (call.hold * BigInt(amount)) / 40n;
    process.progress(id, call.progress);
  }

  private posted(calls: readonly string[]): void {
    for (const id of calls) this.model.posted(id);
  }

  private crash(process: ModelProcess): void {
    if (this.dead.has(process)) return;
    this.dead.add(process);
    const inHand = Object.fromEntries(
      this.quotas.map(({ id, kind }) => [kind, process.inHand(id)]),
    ) as Record<ModelKind, bigint>;
    this.model.died(process, inHand);
  }

  /** Another process takes its place. */
  private async bury(at: number): Promise<void> {
    const process = this.processes[at] as ModelProcess;
    for (const id of process.openCalls) {
      const cost = this.model.call(id).progress;
      this.model.closed(id, { cost, isFinal: false, wasSent: true }, 'hold');
    }
    this.posted(await process.bury());
    this.model.buried(process);
    this.dead.delete(process);
    await this.startProcess(at);
  }

  private async fence(process: ModelProcess): Promise<void> {
    this.posted(await process.post(Infinity));
    await process.fence();
  }

  private async trueUp(which: number, amount: number): Promise<void> {
    const open = [...this.model.calls.values()].filter(
      ({ state, isEstimate }) => state === 'posted' && isEstimate,
    );
    const call = pick(open, which);
    if (call) await this.trueUpTo(call.id, ((call.cost + call.kept) * BigInt(amount)) / 40n);
  }

  private async trueUpTo(id: string, cost: bigint): Promise<void> {
    await postFigure(this.database, id, cost);
    this.model.truedUp(id, cost);
  }

  private async topUp(usd: bigint): Promise<void> {
    await postTopUp(this.database, this.organization, usd);
    this.model.caps.credit += usd;
  }

  private async refund(which: number, amount: number): Promise<void> {
    const charged = [...this.model.calls.values()].filter(({ state }) => state === 'posted');
    const call = pick(charged, which);
    if (!call || call.cost === 0n) return;
    const usd = (call.cost * BigInt(amount)) / 40n;
    if (await postRefund(this.database, call.id, usd)) this.model.caps.credit += usd;
  }
}

function pick<T>(items: readonly T[], which: number): T | undefined {
  return items[which % items.length];
}
