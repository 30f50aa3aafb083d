import { createHash } from 'node:crypto';
import type pg from 'pg';

/** All that is booked, in the order of its keys. */
const LEDGER: Readonly<Record<string, string>> = {
  ledger_transaction: 'id',
  posting: 'transaction_id, line',
  usage_event: 'call_id, revision',
  request_log: 'call_id',
  quota: 'id',
  pending_hold: 'call_id, quota_id',
  overrun: 'id',
  usage_hourly: 'organization_id, hour, api_key_id, provider_id, model_id, source',
  usage_hourly_tag: 'organization_id, tag_name, tag_value, hour',
  budget_alert: 'id',
};

/** A digest of each table: the same as long as not a byte of it has changed. */
export type LedgerDigest = ReadonlyMap<string, string>;

export async function ledgerDigest(database: pg.Pool): Promise<LedgerDigest> {
  const digests = new Map<string, string>();
  for (const [table, order] of Object.entries(LEDGER)) {
    const { rows } = await database.query<{ line: string }>(
      `SELECT row_to_json(${table})::text AS line FROM ${table} ORDER BY ${order}`,
    );
    const lines = rows.map(({ line }) => line).join('\n');
    digests.set(table, createHash('sha256').update(lines).digest('hex'));
  }
  return digests;
}

/** Names the tables that are others now. */
export function changedTables(before: LedgerDigest, after: LedgerDigest): string[] {
  return [...before].flatMap(([table, digest]) => (after.get(table) === digest ? [] : [table]));
}
