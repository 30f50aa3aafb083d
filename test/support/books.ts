import type pg from 'pg';
import { parseUsd, type PicoUsd } from '../../src/core/money.js';

/** All that Postgres knows of one call. */
export interface CallBooks {
  readonly events: readonly { revision: number; rank: string; amount: PicoUsd; lines: PicoUsd[] }[];
  readonly postings: readonly { account: string; amount: PicoUsd }[];
  /** Rows of the request log. */
  readonly requests: number;
}

/** Reads usage events, ledger postings and request log of a call. */
export async function booksOf(database: pg.Pool, callId: string): Promise<CallBooks> {
  // First, so that where it is there the others are: a call is posted in one transaction.
  const requests = await database.query('SELECT 1 FROM request_log WHERE call_id = $1', [callId]);
  const events = await database.query<{
    revision: number;
    rank: string;
    amount: string;
    lines: { amount: string }[];
  }>(
    `SELECT revision, rank, trim_scale(amount)::text AS amount, cost_lines AS lines
     FROM usage_event WHERE call_id = $1 ORDER BY revision`,
    [callId],
  );
  const postings = await database.query<{ account: string; amount: string }>(
    `SELECT account, trim_scale(amount)::text AS amount
     FROM posting JOIN ledger_transaction t ON t.id = transaction_id
     WHERE t.kind = 'usage' AND t.source = $1 ORDER BY line`,
    [callId],
  );
  return {
    events: events.rows.map(({ amount, lines, ...event }) => ({
      ...event,
      amount: parseUsd(amount),
      lines: lines.map((line) => parseUsd(line.amount)),
    })),
    postings: postings.rows.map(({ account, amount }) => ({ account, amount: parseUsd(amount) })),
    requests: requests.rowCount ?? 0,
  };
}

/** Checks what must hold over all books at any time. */
export async function auditOf(database: pg.Pool): Promise<{
  sumOfPostings: PicoUsd;
  unbalanced: number;
  /** Wallets whose projection is not what the ledger says. */
  wrongWallets: number;
  rejects: number;
}> {
  const { rows } = await database.query<Record<string, string>>(
    `SELECT (SELECT trim_scale(coalesce(sum(amount), 0))::text FROM posting) AS sum,
      (SELECT count(*) FROM (SELECT 1 FROM ledger_transaction t LEFT JOIN posting p ON p.transaction_id = t.id
         GROUP BY t.id HAVING coalesce(sum(p.amount), 1) <> 0 OR count(p.*) < 2) AS u) AS unbalanced,
      (SELECT count(*) FROM quota q WHERE q.scope = 'organization' AND q.kind = 'credit' AND q.cap - q.spent <>
         (SELECT coalesce(sum(amount), 0) FROM posting WHERE account = 'wallet:' || q.scope_id)) AS wrong,
      (SELECT count(*) FROM poster_reject) AS rejects`,
  );
  const [row] = rows;
  return {
    sumOfPostings: parseUsd(row?.['sum'] ?? ''),
    unbalanced: Number(row?.['unbalanced']),
    wrongWallets: Number(row?.['wrong']),
    rejects: Number(row?.['rejects']),
  };
}

/** What an audit of sound books gives. */
export const soundBooks = { sumOfPostings: 0n, unbalanced: 0, wrongWallets: 0, rejects: 0 };
