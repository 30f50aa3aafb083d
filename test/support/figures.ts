import pg from 'pg';
import type { BetterFigure } from '../../src/billing/reconciliation/true-up.service.js';
import type { TestDatabase } from './database.js';
import { connectAsGateway, makeQuota, quotaOf, type TestProcess } from './quotas.js';
import { until, type Rows } from './tenant.js';

/** What a provider reports of a call that cost this much, decimal USD. */
export function reportOf(amount: string, more: Partial<BetterFigure> = {}): BetterFigure {
  return {
    rank: 'provider_report',
    reason: 'generation endpoint',
    usage: {
      units: { promptTokens: 100, completionTokens: 50 },
      lines: [{ meter: 'output', quantity: 50, amount }],
      amount,
    },
    providerCost: amount,
    ...more,
  };
}

/** [revision, amount, provider's cost, rank] of each figure of a call. */
export async function revisionsOf(rows: Rows, call: string): Promise<unknown[][]> {
  const found = await rows.query(
    `SELECT revision, trim_scale(amount)::text AS amount, trim_scale(provider_cost)::text AS cost, rank
     FROM usage_event WHERE call_id = $1 ORDER BY revision`,
    [call],
  );
  return found.map(({ revision, amount, cost, rank }) => [revision, amount, cost, rank]);
}

/** What all transactions of a call have moved, by account. */
export async function movedBy(rows: Rows, call: string): Promise<Record<string, unknown>> {
  const found = await rows.query(
    `SELECT account, trim_scale(sum(amount))::text AS amount FROM posting
     JOIN ledger_transaction t ON t.id = transaction_id WHERE kind = 'usage' AND source = $1 GROUP BY 1`,
    [call],
  );
  return Object.fromEntries(found.map(({ account, amount }) => [account, amount]));
}

/** A daily budget of which a process has leased a dollar yesterday; gives its id and that day. */
export async function leaseYesterday(
  rows: Rows,
  process: TestProcess,
  organization: string,
): Promise<[id: string, yesterday: number]> {
  const id = `daily_${organization}`;
  await makeQuota(rows, id, { organization, cap: '5', window: 'day' });
  await process.lease([[id, '1']]);
  await rows.query('UPDATE quota SET period = period - 86400 WHERE id = $1', [id]);
  await rows.query('UPDATE lease SET period = period - 86400 WHERE quota_id = $1', [id]);
  const { period } = await quotaOf(rows, id);
  return [id, period];
}

/** The day of a budget ends, and a process leases a tenth of a dollar of the next one. */
export async function beginNextDay(rows: Rows, process: TestProcess, id: string): Promise<void> {
  await rows.query('UPDATE quota SET period_ends = clock_timestamp() WHERE id = $1', [id]);
  await process.operate({ wants: [[id, '0.1', '0.1']] });
}

/** Has all of them wait for a wallet before it is free: what they have seen by then they have seen together. */
export async function atOnce<T>(
  database: TestDatabase,
  wallet: string,
  work: readonly (() => Promise<T>)[],
): Promise<T[]> {
  const holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT id FROM quota WHERE id = $1 FOR UPDATE', [wallet]);
  const results = work.map((begin) => begin());
  const watcher = connectAsGateway(database.appUrl);
  await until(async () => {
    const waiting = await watcher.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return waiting.length >= work.length;
  }, 'waiting');
  await holder.query('COMMIT');
  await Promise.all([holder.end(), watcher.close()]);
  return Promise.all(results);
}
