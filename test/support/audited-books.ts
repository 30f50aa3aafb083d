import {
  LedgerAuditService,
  type AuditScope,
} from '../../src/billing/audit/ledger-audit.service.js';
import { RecomputeService } from '../../src/billing/audit/recompute.service.js';
import type {
  AttemptCost,
  CallIdentity,
  Charge,
  CloseRecord,
} from '../../src/billing/journal/journal-record.js';
import type { UseEntry } from '../../src/billing/quota/quota.js';
import { formatUsd } from '../../src/core/money.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { createTestDatabase } from './database.js';
import { closeOf, identityOf } from './journal.js';
import { insertModel } from './offer-rows.js';
import { connectAsGateway, makeQuota, makeWallet, TestProcess } from './quotas.js';
import { connectWithoutChecks } from './tenant-rows.js';
import { makeTenant, type Rows } from './tenant.js';

export const WALLET = 'credit:org_1';
export const BUDGET = 'budget_1';
const OFFER = 'openai/m';
const BATCH = 300;

export interface AuditedCall {
  /** At a microdollar each. */
  readonly tokens: number;
  readonly identity?: Partial<CallIdentity>;
  readonly charge?: Partial<Charge>;
  /** Microdollars that stay set aside of wallet and budget. */
  readonly kept?: number;
  readonly attemptCosts?: readonly AttemptCost[];
}

/** Books of one organization with calls of every sort in them, and the audit that looks at them. */
export class AuditedBooks {
  private constructor(
    /** The gateway's connection. */
    readonly rows: Rows,
    /** A connection that no trigger and no key holds back. */
    readonly forger: Rows,
    readonly database: DatabaseService,
    readonly audit: LedgerAuditService,
    private readonly process: TestProcess,
    private readonly cleanUp: () => Promise<void>,
  ) {}

  /** Those in which calls of every sort were made. */
  static async openLive(): Promise<AuditedBooks> {
    const books = await AuditedBooks.open();
    await books.live();
    return books;
  }

  static async open(): Promise<AuditedBooks> {
    const database = await createTestDatabase();
    const rows = connectAsGateway(database.appUrl);
    const forger = connectWithoutChecks(database.url);
    const service = new DatabaseService(
      Object.assign(new Environment(), { DATABASE_URL: database.appUrl }),
    );
    await insertModel(forger, 'm', ['openai']);
    await makeTenant(rows, '1');
    await insertKey(forger, '1');
    await makeWallet(rows, 'org_1', '10');
    await makeQuota(rows, BUDGET, { organization: 'org_1', cap: '5' });
    await makeQuota(rows, 'warning_1', {
      organization: 'org_1',
      cap: '0.000001',
      window: 'day',
      enforcement: 'warning',
    });
    const process = await TestProcess.register(rows, 'process_1');
    await process.lease([
      [WALLET, '3'],
      [BUDGET, '3'],
    ]);
    const cleanUp = async (): Promise<void> => {
      await Promise.all([rows.close(), forger.close(), service.onApplicationShutdown()]);
      await database.drop();
    };
    const audit = new LedgerAuditService(service, new RecomputeService());
    return new AuditedBooks(rows, forger, service, audit, process, cleanUp);
  }

  /** Calls that were paid, estimated, corrected, given back, not charged, refused; and money that came in. */
  private async live(): Promise<void> {
    await this.post('paid', { tokens: 250_000 });
    await this.post('tagged', { tokens: 7, identity: { tags: { team: 'a' }, multiplier: '1.5' } });
    await this.post('own', { tokens: 40, charge: { charged: false } });
    await this.post('estimate', { tokens: 100, kept: 900, charge: { rank: 'estimate' } });
    await this.post('corrected', { tokens: 100, kept: 900, charge: { rank: 'estimate' } });
    await this.correct('corrected', 60);
    await this.rows.query(`SELECT refund_call('refund_1', 'paid', 0.1, now())`);
    await this.topUp('payment_1', 'top_up_1');
    await this.age('2 minutes');
  }

  post(name: string, call: AuditedCall): Promise<void> {
    return this.postAll([closeOfCall(name, call)]);
  }

  /** So many calls at a microdollar each, by their number. */
  async postMany(count: number): Promise<void> {
    const closes = Array.from({ length: count }, (_, at) =>
      closeOfCall(`many_${at}`, { tokens: 1 }),
    );
    for (let at = 0; at < count; at += BATCH) await this.postAll(closes.slice(at, at + BATCH));
  }

  private async postAll(closes: readonly CloseRecord[]): Promise<void> {
    await this.rows.query('SELECT post_calls($1, $2::jsonb)', [
      this.process.id,
      JSON.stringify(closes),
    ]);
  }

  /** A better figure of a call: so many tokens. */
  async correct(name: string, tokens: number): Promise<void> {
    const amount = micro(tokens);
    const figure = {
      rank: 'final',
      units: { promptTokens: tokens, completionTokens: 0 },
      lines: [{ meter: 'input', quantity: tokens, amount }],
      amount,
      providerCost: amount,
    };
    await this.rows.query('SELECT true_up($1, $2::jsonb)', [name, JSON.stringify(figure)]);
  }

  async topUp(payment: string, id: string): Promise<void> {
    const lines = [
      { account: 'wallet:org_1', amount: '5' },
      { account: 'top_up_clearing', amount: '-5' },
    ];
    await this.rows.query(`SELECT commit_transaction($1, 'top_up', $2, 1, 'org_1', now(), $3)`, [
      id,
      payment,
      JSON.stringify(lines),
    ]);
    await this.rows.query(
      `INSERT INTO wallet_movement (transaction_id, organization_id, external_id) VALUES ($1, 'org_1', $2)`,
      [id, payment],
    );
  }

  /** All that was recorded so far was recorded earlier by this. */
  async age(by: string): Promise<void> {
    for (const table of ['usage_event', 'ledger_transaction'])
      await this.forger.query(`UPDATE ${table} SET recorded_at = recorded_at - $1::interval`, [by]);
  }

  /** The invariants that an audit finds broken. */
  async broken(scope: AuditScope = 'full'): Promise<string[]> {
    const { results } = await this.audit.run(scope);
    const failed = results.filter(({ error }) => error !== null);
    if (failed.length > 0) throw new Error(JSON.stringify(failed));
    return results.filter(({ rows }) => rows > 0).map(({ invariant }) => invariant);
  }

  close(): Promise<void> {
    return this.cleanUp();
  }
}

/** An organization's key, made behind everybody's back. */
export async function insertKey(rows: Rows, name: string): Promise<void> {
  await rows.query(
    `INSERT INTO api_key (id, organization_id, project_id, name, hash, prefix)
     VALUES ($1, $2, $3, 'test', $4, 'osm_')`,
    [`key_${name}`, `org_${name}`, `prj_${name}`, Buffer.from(name)],
  );
}

function closeOfCall(name: string, call: AuditedCall): CloseRecord {
  const { tokens, kept = 0, attemptCosts } = call;
  const identity = identityOf({
    organization: 'org_1',
    project: 'prj_1',
    key: 'key_1',
    startedAt: Date.now() - 120_000,
    ...call.identity,
  });
  const list = micro(tokens);
  const paid = call.charge?.charged !== false;
  const amount = identity.multiplier === '1.5' ? formatUsd(BigInt(tokens) * 1_500_000n) : list;
  const charge: Charge = {
    units: { promptTokens: tokens, completionTokens: 0 },
    lines: [{ meter: 'input', quantity: tokens, amount }],
    amount,
    providerCost: list,
    charged: true,
    rank: 'final',
    ...call.charge,
  };
  const use = (quota: string, cost: string): UseEntry => [quota, 0, cost, cost, cost, '0'];
  const holding = (entry: UseEntry): UseEntry =>
    kept === 0 ? entry : [entry[0], 0, micro(tokens + kept), entry[3], entry[4], micro(kept)];
  const quotas = [use(WALLET, paid ? amount : '0'), use(BUDGET, amount)].map(holding);
  const served = {
    provider: 'openai',
    model: 'm',
    offer: OFFER,
    upstreamModel: 'm',
    priceVersion: OFFER,
  };
  const sunk = attemptCosts ? { attemptCosts } : {};
  return closeOf(name, amount, { identity, charge, served, quotas, ...sunk });
}

function micro(count: number): string {
  return formatUsd(BigInt(count) * 1_000_000n);
}
