import pg from 'pg';

/** What a test needs of Postgres beside the code that it tests. */
export interface Rows {
  /** The rows of a statement. */
  query(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** A connection of its own to the database. */
export function connect(url: string): Rows {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined);
  return {
    query: async (sql, values = []) => {
      const { rows } = await pool.query<Record<string, unknown>>(sql, [...values]);
      return rows;
    },
    close: () => pool.end(),
  };
}

/** Makes an organization with a project; ids end in `name`. */
export async function makeTenant(rows: Rows, name: string): Promise<void> {
  await rows.query('INSERT INTO organization (id, name) VALUES ($1, $2)', [`org_${name}`, name]);
  await rows.query('INSERT INTO project (id, organization_id, name) VALUES ($1, $2, $3)', [
    `prj_${name}`,
    `org_${name}`,
    name,
  ]);
}

/** Gives an organization this much credit, decimal USD, out of nothing but a ledger transaction. */
export async function giveCredit(rows: Rows, name: string, usd: string): Promise<void> {
  const lines = [
    { account: `wallet:org_${name}`, amount: usd },
    { account: 'promotion', amount: `-${usd}` },
  ];
  await rows.query(
    `SELECT commit_transaction('lt_' || $1::text, 'promotion', $1, 1, $2, now(), $3::jsonb)`,
    [`${name}-${Math.random()}`, `org_${name}`, JSON.stringify(lines)],
  );
}

/** Waits until `probe` gives something true, at most twenty seconds. @throws Error where it never does */
export async function until<T>(probe: () => T | Promise<T>, what = 'it'): Promise<T> {
  const end = performance.now() + 20_000;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (performance.now() > end) throw new Error(`${what} never happened`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
