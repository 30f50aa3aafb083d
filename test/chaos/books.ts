import type pg from 'pg';
import { formatUsd, parseUsd, type PicoUsd } from '../../src/core/money.js';
import { auditOf } from '../support/books.js';
import { groupBy } from './group.js';

export interface BookedEvent {
  readonly revision: number;
  readonly rank: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly amount: PicoUsd;
  /** Sum of its cost lines. */
  readonly lines: PicoUsd;
  readonly charged: boolean;
}

/** All that Postgres holds of one call. */
export interface BookedCall {
  readonly callId: string;
  readonly label: string;
  readonly outcome: string;
  readonly status: number;
  readonly events: readonly BookedEvent[];
  /** What each of its ledger transactions took from the wallet. */
  readonly transactions: readonly PicoUsd[];
}

export interface Books {
  readonly byLabel: ReadonlyMap<string, readonly BookedCall[]>;
  /** What does not hold over all of them, in words. */
  readonly faults: readonly string[];
}

/** Reads what an organization was charged, and audits the books. */
export async function readBooks(database: pg.Pool, organizationId: string): Promise<Books> {
  const [requests, events, transactions] = await Promise.all([
    database.query<Record<string, string>>(
      'SELECT call_id, source, outcome, status::text FROM request_log WHERE organization_id = $1',
      [organizationId],
    ),
    database.query<Record<string, string>>(
      `SELECT call_id, revision::text, rank, charged::text, trim_scale(amount)::text AS amount,
         coalesce(units->>'promptTokens', '0') AS prompt, coalesce(units->>'completionTokens', '0') AS completion,
         (SELECT trim_scale(coalesce(sum((line->>'amount')::numeric), 0))::text
          FROM jsonb_array_elements(cost_lines) AS line) AS lines
       FROM usage_event WHERE organization_id = $1`,
      [organizationId],
    ),
    database.query<Record<string, string>>(
      `SELECT source AS call_id, trim_scale(-coalesce(sum(amount), 0))::text AS taken
       FROM ledger_transaction t LEFT JOIN posting p ON p.transaction_id = t.id AND p.account = 'wallet:' || $1
       WHERE organization_id = $1 AND kind = 'usage' GROUP BY t.id`,
      [organizationId],
    ),
  ]);
  const eventsOf = groupBy(events.rows, (row) => row['call_id'] ?? '');
  const transactionsOf = groupBy(transactions.rows, (row) => row['call_id'] ?? '');
  const calls = requests.rows.map((row): BookedCall => {
    const callId = row['call_id'] ?? '';
    return {
      callId,
      label: row['source'] ?? '',
      outcome: row['outcome'] ?? '',
      status: Number(row['status']),
      events: (eventsOf.get(callId) ?? []).map(toEvent),
      transactions: (transactionsOf.get(callId) ?? []).map((one) => parseUsd(one['taken'] ?? '')),
    };
  });
  const logged = new Set(calls.map(({ callId }) => callId));
  const stray = [...eventsOf.keys(), ...transactionsOf.keys()].filter((id) => !logged.has(id));
  const faults = [
    ...stray.map((id) => `${id} is charged and not in the request log`),
    ...(await walletFaults(database, organizationId, calls)),
    ...(await auditFaults(database)),
  ];
  return { byLabel: groupBy(calls, ({ label }) => label), faults };
}

function toEvent(row: Record<string, string>): BookedEvent {
  return {
    revision: Number(row['revision']),
    rank: row['rank'] ?? '',
    promptTokens: Number(row['prompt']),
    completionTokens: Number(row['completion']),
    amount: parseUsd(row['amount'] ?? ''),
    lines: parseUsd(row['lines'] ?? ''),
    charged: row['charged'] === 'true',
  };
}

async function walletFaults(
  database: pg.Pool,
  organizationId: string,
  calls: readonly BookedCall[],
): Promise<string[]> {
  const { rows } = await database.query<{ spent: string }>(
    `SELECT trim_scale(spent)::text AS spent FROM quota WHERE scope_id = $1 AND kind = 'credit'`,
    [organizationId],
  );
  const charges = calls.flatMap(({ events }) => events.filter(({ charged }) => charged));
  const used = charges.reduce((sum, { amount }) => sum + amount, 0n);
  const spent = parseUsd(rows[0]?.spent ?? '');
  if (spent === used) return [];
  return [`the wallet has spent ${formatUsd(spent)} USD, its calls cost ${formatUsd(used)} USD`];
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
