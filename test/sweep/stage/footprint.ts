import { tenantTables } from '../../support/tenant-rows.js';
import type { Rows } from '../../support/tenant.js';

/** Gives a hash of every row that an organization has in any table, by table: what changed is told by its name. */
export async function footprintsOf(
  rows: Rows,
): Promise<(organizationId: string) => Promise<Record<string, unknown>>> {
  const tables = await tenantTables(rows);
  const parts = tables.map(
    (table) =>
      `SELECT '${table}' AS name, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS hash
       FROM ${table} AS t WHERE ${ownerOf(table)} = $1`,
  );
  const sql = parts.join(' UNION ALL ');
  return async (organizationId) => {
    const hashes = await rows.query(sql, [organizationId]);
    return Object.fromEntries(hashes.map(({ name, hash }) => [String(name), hash]));
  };
}

/** Where a table says whose a row is. */
export function ownerOf(table: string): string {
  if (table === 'organization') return 'id';
  if (table !== 'posting') return 'organization_id';
  return '(SELECT organization_id FROM ledger_transaction AS l WHERE l.id = transaction_id)';
}
