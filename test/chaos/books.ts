import type pg from 'pg';
import { formatUsd, parseUsd, type PicoUsd } from '../../src/core/money.js';
import { auditOf } from '../support/books.js';
import type { TestTenant } from '../support/paying-tenant.js';
import { groupBy } from './group.js';

export interface BookedEvent {
  readonly revision: number;
  readonly rank: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly amount: PicoUsd;
  /** Sum of its cost lines. */
  readonly lines: PicoUsd;
  /** Its cost lines computed again: their quantities at the price of the version that is booked. */
  readonly priced: PicoUsd;
  /** Tokens in its cost lines. */
  readonly inputBilled: number;
  readonly outputBilled: number;
  readonly charged: boolean;
  /** What its provider asks of us. */
  readonly providerCost: PicoUsd;
}

/** What a ledger transaction took of one account and gave to another. */
export interface BookedTransaction {
  readonly revision: number;
  readonly wallet: PicoUsd;
  readonly revenue: PicoUsd;
  readonly providerCost: PicoUsd;
  readonly providerPayable: PicoUsd;
}

/** All that Postgres holds of one call. */
export interface BookedCall {
  readonly callId: string;
  readonly label: string;
  readonly outcome: string;
  readonly status: number;
  readonly events: readonly BookedEvent[];
  readonly transactions: readonly BookedTransaction[];
}

export interface Books {
  readonly byLabel: ReadonlyMap<string, readonly BookedCall[]>;
  /** What does not hold over all of them, in words. */
  readonly faults: readonly string[];
}

/** Prices with conditions are those of other tiers than the default one. */
const BILL = `
  SELECT trim_scale(coalesce(sum((line->>'amount')::numeric), 0))::text AS lines,
    trim_scale(coalesce(sum(round((line->>'quantity')::numeric * price.amount
      / CASE price.unit WHEN 'million_tokens' THEN 1000000 ELSE 1 END, 12)), 0))::text AS priced,
    coalesce(sum((line->>'quantity')::int) FILTER (WHERE line->>'meter' IN ('input', 'cache_read')), 0)::text AS input,
    coalesce(sum((line->>'quantity')::int) FILTER (WHERE line->>'meter' IN ('output', 'reasoning')), 0)::text AS output
  FROM jsonb_array_elements(cost_lines) AS line LEFT JOIN price_component AS price
    ON price.price_version_id = usage_event.price_version_id AND price.meter = line->>'meter'
      AND price.conditions = '{}'`;

/** Reads what organizations were charged, and audits the books. */
export async function readBooks(
  database: pg.Pool,
  organizations: readonly string[],
): Promise<Books> {
  const [requests, events, transactions] = await readRows(database, organizations);
  const eventsOf = groupBy(events, (row) => row['call_id'] ?? '');
  const transactionsOf = groupBy(transactions, (row) => row['call_id'] ?? '');
  const calls = requests.map((row): BookedCall => {
    const callId = row['call_id'] ?? '';
    return {
      callId,
      label: row['source'] ?? '',
      outcome: row['outcome'] ?? '',
      status: Number(row['status']),
      events: (eventsOf.get(callId) ?? []).map(toEvent),
      transactions: (transactionsOf.get(callId) ?? []).map(toTransaction),
    };
  });
  const logged = new Set(calls.map(({ callId }) => callId));
  const stray = [...eventsOf.keys(), ...transactionsOf.keys()].filter((id) => !logged.has(id));
  const faults = [
    ...stray.map((id) => `${id} is charged and not in the request log`),
    ...(await walletFaults(database, organizations, calls)),
    ...(await holdFaults(database, organizations)),
    ...(await auditFaults(database)),
  ];
  return { byLabel: groupBy(calls, ({ label }) => label), faults };
}

type Row = Record<string, string>;

/** Of the request log, usage events and ledger. */
async function readRows(
  database: pg.Pool,
  organizations: readonly string[],
): Promise<[requests: Row[], events: Row[], transactions: Row[]]> {
  const found = await Promise.all([
    database.query<Row>(
      'SELECT call_id, source, outcome, status::text FROM request_log WHERE organization_id = ANY ($1)',
      [organizations],
    ),
    database.query<Row>(
      `SELECT call_id, revision::text, rank, charged::text, trim_scale(amount)::text AS amount, trim_scale(provider_cost)::text AS provider_cost,
         coalesce(units->>'promptTokens', '0') AS prompt, coalesce(units->>'completionTokens', '0') AS completion,
         bill.*
       FROM usage_event, LATERAL (${BILL}) AS bill WHERE organization_id = ANY ($1) ORDER BY call_id, revision`,
      [organizations],
    ),
    database.query<Row>(
      `SELECT source AS call_id, revision::text,
         trim_scale(coalesce(sum(amount) FILTER (WHERE account = 'wallet:' || organization_id), 0))::text AS wallet,
         trim_scale(coalesce(sum(amount) FILTER (WHERE account = 'revenue'), 0))::text AS revenue,
         trim_scale(coalesce(sum(amount) FILTER (WHERE account LIKE 'provider_cost:%'), 0))::text AS cost,
         trim_scale(coalesce(sum(amount) FILTER (WHERE account LIKE 'provider_payable:%'), 0))::text AS payable
       FROM ledger_transaction t LEFT JOIN posting p ON p.transaction_id = t.id
       WHERE organization_id = ANY ($1) AND kind = 'usage' GROUP BY t.id
       ORDER BY source, revision`,
      [organizations],
    ),
  ]);
  return found.map(({ rows }) => rows) as [Row[], Row[], Row[]];
}

function toEvent(row: Row): BookedEvent {
  return {
    revision: Number(row['revision']),
    rank: row['rank'] ?? '',
    promptTokens: Number(row['prompt']),
    completionTokens: Number(row['completion']),
    amount: parseUsd(row['amount'] ?? ''),
    lines: parseUsd(row['lines'] ?? ''),
    priced: parseUsd(row['priced'] ?? ''),
    inputBilled: Number(row['input']),
    outputBilled: Number(row['output']),
    charged: row['charged'] === 'true',
    providerCost: parseUsd(row['provider_cost'] ?? ''),
  };
}

function toTransaction(row: Row): BookedTransaction {
  const [wallet, revenue, providerCost, providerPayable] = [
    parseUsd(row['wallet'] ?? ''),
    parseUsd(row['revenue'] ?? ''),
    parseUsd(row['cost'] ?? ''),
    parseUsd(row['payable'] ?? ''),
  ];
  const revision = Number(row['revision']);
  return { revision, wallet, revenue, providerCost, providerPayable };
}

async function walletFaults(
  database: pg.Pool,
  organizations: readonly string[],
  calls: readonly BookedCall[],
): Promise<string[]> {
  const { rows } = await database.query<{ spent: string }>(
    `SELECT trim_scale(coalesce(sum(spent), 0))::text AS spent FROM quota
     WHERE scope_id = ANY ($1) AND kind = 'credit'`,
    [organizations],
  );
  // The last figure of a call is what it costs.
  const charges = calls.flatMap(({ events }) => events.at(-1) ?? []);
  const used = charges.reduce((sum, { amount, charged }) => sum + (charged ? amount : 0n), 0n);
  const spent = parseUsd(rows[0]?.spent ?? '');
  if (spent === used) return [];
  return [`the wallet has spent ${formatUsd(spent)} USD, its calls cost ${formatUsd(used)} USD`];
}

/** Only estimates hold anything back when all processes have ended; they do so until they are reconciled. */
async function holdFaults(database: pg.Pool, organizations: readonly string[]): Promise<string[]> {
  const { rows } = await database.query<{ fault: string }>(
    `SELECT format('%s of %s is leased by nobody', leased - held, id) AS fault
     FROM quota, LATERAL (
       SELECT coalesce(sum(amount), 0) AS held FROM pending_hold WHERE quota_id = quota.id) AS holds
     WHERE organization_id = ANY ($1) AND leased <> held
     UNION ALL
     SELECT format('%s holds %s of %s and is no open estimate', call_id, amount, quota_id)
     FROM pending_hold AS hold JOIN quota ON quota.id = quota_id
     WHERE organization_id = ANY ($1) AND NOT EXISTS (SELECT FROM usage_event AS event
       WHERE event.call_id = hold.call_id AND rank = 'estimate' AND reconciled_at IS NULL)`,
    [organizations],
  );
  return rows.map(({ fault }) => fault);
}

async function auditFaults(database: pg.Pool): Promise<string[]> {
  const { sumOfPostings, unbalanced, wrongWallets, rejects } = await auditOf(database);
  const faults: [boolean, string][] = [
    [sumOfPostings !== 0n, `all postings sum to ${formatUsd(sumOfPostings)} USD`],
    [unbalanced > 0, `${unbalanced} ledger transactions do not balance`],
    [wrongWallets > 0, `${wrongWallets} wallets differ from their postings`],
    [rejects > 0, `${rejects} journal records were set aside`],
  ];
  return faults.flatMap(([holds, fault]) => (holds ? [fault] : []));
}

/** What an organization has left. */
export async function creditLeft(
  database: pg.Pool,
  { organizationId }: TestTenant,
): Promise<PicoUsd> {
  const { rows } = await database.query<{ left: string }>(
    `SELECT trim_scale(cap - spent)::text AS left FROM quota WHERE kind = 'credit' AND scope_id = $1`,
    [organizationId],
  );
  return parseUsd(rows[0]?.left ?? '');
}
