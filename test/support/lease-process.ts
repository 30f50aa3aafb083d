import { AuthorizationService } from '../../src/billing/quota/authorization.service.js';
import { LeaseClient } from '../../src/billing/quota/lease.client.js';
import { LeaseService } from '../../src/billing/quota/lease.service.js';
import { piecesOf } from '../../src/billing/quota/amount.js';
import type { CallUse, Hold } from '../../src/billing/quota/hold.js';
import type { CallNeeds, CallSubject } from '../../src/billing/quota/limit.js';
import { QuotaDirectoryService } from '../../src/billing/quota/quota-directory.service.js';
import type {
  QuotaKind,
  QuotaScope,
  QuotaWindow,
  UseEntry,
} from '../../src/billing/quota/quota.js';
import { SliceBook } from '../../src/billing/quota/slice-book.js';
import type { JournalWriter } from '../../src/billing/journal/journal.writer.js';
import { parseUsd } from '../../src/core/money.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { NotificationService } from '../../src/platform/notification.service.js';
import type { ProcessEndService } from '../../src/platform/process-end.service.js';
import { nextUlid } from '../../src/platform/ulid.adapter.js';
import { chargeOf, closeOf, identityOf } from './journal.js';
import { makePrincipal } from './principal.js';
import type { Rows } from './tenant.js';

/** What a gateway process has of admission, without the rest of it; several of them may be in one test. */
export class LeaseProcess {
  readonly id = nextUlid();
  readonly authorization: AuthorizationService;
  readonly leases: LeaseService;
  readonly client: LeaseClient;
  readonly book = new SliceBook();
  readonly database: DatabaseService;
  readonly notifications: NotificationService;
  readonly directory: QuotaDirectoryService;
  /** How often it wanted to end itself. */
  ends = 0;

  constructor(databaseUrl: string) {
    const environment = Object.assign(new Environment(), { DATABASE_URL: databaseUrl });
    this.database = new DatabaseService(environment);
    this.notifications = new NotificationService(environment);
    this.client = new LeaseClient(environment);
    const journal = { processId: this.id, machine: 'm1/b1' } as JournalWriter;
    const end = { request: () => this.ends++ } as unknown as ProcessEndService;
    this.leases = new LeaseService(this.client, this.book, journal, this.notifications, end);
    this.directory = new QuotaDirectoryService(this.database, this.notifications, this.book);
    this.authorization = new AuthorizationService(this.directory, this.leases);
  }

  async start(): Promise<this> {
    await this.directory.onModuleInit();
    await this.leases.onApplicationBootstrap();
    return this;
  }

  /** Resolves when it was told everything that was committed before. */
  heard(): Promise<void> {
    return this.notifications.query({ text: 'SELECT 1' });
  }

  /** Resolves when Postgres has answered it. */
  async heartbeat(): Promise<void> {
    while (!this.leases.maySpend()) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    await this.leases.onApplicationShutdown();
    await this.notifications.onApplicationShutdown();
    await this.database.onApplicationShutdown();
  }

  /** Sets this much aside, decimal USD, for a call of the tenant `name`. */
  async authorize(name: string, usd: string, more: Partial<CallDetails> = {}): Promise<Hold> {
    return this.authorization.authorize(subjectOf(name, more), needsOf(usd, more.tokens));
  }
}

export interface CallDetails extends Omit<CallSubject, 'principal'> {
  readonly tokens: number;
  readonly principal: Partial<CallSubject['principal']>;
}

/** A call of the tenant whose ids end in `name`, with the platform's credential. */
export function subjectOf(name: string, more: Partial<CallDetails> = {}): CallSubject {
  const key = `key_${name}`;
  const principal = makePrincipal({
    organizationId: `org_${name}`,
    projectId: `prj_${name}`,
    apiKeyId: key,
    keyChain: [key],
    ...more.principal,
  });
  return {
    principal,
    tags: more.tags ?? {},
    isFree: more.isFree ?? false,
    isCharged: more.isCharged ?? true,
  };
}

export function needsOf(usd: string, tokens = 100): CallNeeds {
  const cost = parseUsd(usd);
  return { credit: cost, budget: cost, tokens: piecesOf(tokens) };
}

/** A call that was answered and cost this much, decimal USD. */
export function useOf(usd: string, more: Partial<CallUse> = {}): CallUse {
  const cost = parseUsd(usd);
  const use = { credit: cost, budget: cost, tokens: piecesOf(10), wasSent: true, isFinal: true };
  return { ...use, ...more };
}

/** Settles a hold and gives its rest back, as the account of a call does around its close record. */
export function close(process: LeaseProcess, hold: Hold, use: CallUse): UseEntry[] {
  const entries = process.authorization.settle(hold, use);
  process.authorization.release(hold);
  return entries;
}

export interface QuotaOptions {
  readonly kind: QuotaKind;
  /** Default: organization. */
  readonly scope?: QuotaScope;
  readonly scopeId?: string;
  /** Decimal. */
  readonly cap: string;
  /** Of budgets; the others have their own. */
  readonly window?: QuotaWindow;
  readonly timeZone?: string;
  readonly tag?: readonly [name: string, value: string | null];
}

const WINDOWS: Partial<Record<QuotaKind, QuotaWindow>> = {
  requests_per_minute: 'minute',
  tokens_per_minute: 'minute',
  requests_per_day: 'day',
};

/** Gives the tenant whose ids end in `name` a limit, and gives its id. */
export async function makeQuota(rows: Rows, name: string, options: QuotaOptions): Promise<string> {
  const { kind, scope = 'organization', cap, timeZone = 'UTC', tag } = options;
  const id = `quo_${nextUlid()}`;
  const scopeIds: Partial<Record<QuotaScope, string>> = {
    project: `prj_${name}`,
    api_key: `key_${name}`,
  };
  await rows.query(
    `INSERT INTO quota (id, organization_id, scope, scope_id, kind, cap, "window", time_zone, tag_name, tag_value)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      id,
      `org_${name}`,
      scope,
      options.scopeId ?? scopeIds[scope] ?? `org_${name}`,
      kind,
      cap,
      options.window ?? WINDOWS[kind] ?? 'total',
      timeZone,
      tag?.[0] ?? null,
      tag?.[1] ?? null,
    ],
  );
  return id;
}

/** Closes a call that cost this much, and posts it at once, as the poster does later. */
export async function postCall(
  rows: Rows,
  process: LeaseProcess,
  name: string,
  hold: Hold,
  usd: string,
  more: Partial<CallUse> = {},
): Promise<void> {
  const use = useOf(usd, more);
  const quotas = process.authorization.settle(hold, use);
  const identity = identityOf({ organization: `org_${name}`, project: `prj_${name}` });
  const charge = chargeOf(usd, { rank: use.isFinal ? 'final' : 'estimate' });
  const record = closeOf(`tx_osm_${nextUlid()}`, usd, { identity, charge, quotas });
  await rows.query('SELECT post_calls($1, $2::jsonb)', [process.id, JSON.stringify([record])]);
  process.authorization.release(hold);
}
