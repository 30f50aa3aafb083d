import { connect, type Rows } from './tenant.js';

/** What a table wants beside values of the right type. */
const WANTED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  quota: { scope: 'organization', kind: 'budget', window: 'total' },
  usage_event: { rank: 'final' },
};

const BY_TYPE: Readonly<Record<string, unknown>> = {
  boolean: true,
  jsonb: '{}',
  'timestamp with time zone': '2026-11-05T00:00:00Z',
};

/** A connection of the owner, a superuser, for which neither foreign keys nor triggers hold. */
export function connectWithoutChecks(url: string): Rows {
  return connect(`${url}?options=-c%20session_replication_role%3Dreplica`);
}

/** Every table that holds rows of tenants: those with an organization_id, organizations themselves, and postings. */
export async function tenantTables(rows: Rows): Promise<string[]> {
  const found = await rows.query(
    `SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
     WHERE attname = 'organization_id' AND NOT attisdropped AND relkind IN ('r', 'p')
       AND relnamespace = 'public'::regnamespace ORDER BY relname`,
  );
  return ['organization', ...found.map(({ relname }) => String(relname)), 'posting'];
}

/** An INSERT of a row of the organization `org_<name>` into a table, whatever columns the table has. */
export async function anyRow(
  rows: Rows,
  table: string,
  name: string,
): Promise<[sql: string, values: unknown[]]> {
  const columns = await rows.query(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = $1
       AND (column_name = 'organization_id' OR (is_nullable = 'NO' AND column_default IS NULL))`,
    [table],
  );
  const names = columns.map((column) => `"${String(column['name'])}"`).join(', ');
  const places = columns.map((_, at) => `$${at + 1}`).join(', ');
  const values = columns.map((column) =>
    valueOf(table, String(column['name']), String(column['type']), name),
  );
  return [`INSERT INTO ${table} (${names}) VALUES (${places})`, values];
}

function valueOf(table: string, column: string, type: string, name: string): unknown {
  if (column === 'organization_id' || (table === 'organization' && column === 'id'))
    return `org_${name}`;
  if (column === 'transaction_id') return `ledger_transaction_${name}`;
  if (type === 'bytea') return Buffer.from(`${table}_${name}`);
  return WANTED[table]?.[column] ?? BY_TYPE[type] ?? (type === 'text' ? `${table}_${name}` : 1);
}

/** Lets the first wall stand alone, the condition on the organization in every query: nothing else hides a row. */
export async function takeSecondWallDown(rows: Rows): Promise<void> {
  for (const table of await tenantTables(rows))
    await rows.query(`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`);
}
