import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Rows } from '../../support/tenant.js';

/** Every row of every table of every schema (the queue's too), as text by table; bytes are hex, and as they are too. */
export async function everyTable(rows: Rows): Promise<Map<string, string>> {
  const tables = await rows.query(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const dump = new Map<string, string>();
  for (const { name } of tables) {
    const found = await rows.query(`SELECT t::text AS text FROM ${String(name)} AS t`);
    const text = found.map((row) => String(row['text'])).join('\n');
    const bytes = [...text.matchAll(/\\\\x([0-9a-f]+)/g)].map(([, hex = '']) =>
      Buffer.from(hex, 'hex').toString('latin1'),
    );
    dump.set(String(name), [text, ...bytes].join('\n'));
  }
  return dump;
}

/** Every file below a folder, by its path. */
export function everyFile(folder: string): Map<string, string> {
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((name) => [path.relative(folder, name), readFileSync(name, 'latin1')]),
  );
}
