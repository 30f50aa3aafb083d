import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Stage } from './stage.js';

/** A bill of the sandbox over other amounts than are booked. */
const BILL = (day: string): string =>
  ['day,model,amount', `${day},sandbox-small,0.25`, `${day},gpt-4o,0.5`, 'total,,0.75', ''].join(
    '\n',
  );

/** Has two processes compare the same bill with the books at once: what it differs by is posted once. */
export async function billTwice(stage: Stage, folder: string): Promise<readonly string[]> {
  // Hidden: what stands beside journals is taken for one.
  const file = path.join(folder, '.bill.csv');
  const { rows } = await stage.database.query<{ day: string }>(
    `SELECT to_char(max(occurred_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day FROM usage_event`,
  );
  writeFileSync(file, BILL(rows[0]?.day ?? ''));
  const reconcile = () => stage.run('dist/reconcile.js', '--provider', 'sandbox', '--file', file);
  const runs = await Promise.all([reconcile(), reconcile()]);
  const posted = await stage.database.query<{ source: string; times: string }>(
    `SELECT source, count(*)::text AS times FROM ledger_transaction WHERE kind = 'reconciliation' GROUP BY source`,
  );
  return [
    ...runs.flatMap(({ end, output }) => (end === 0 ? [] : [`reconcile ended: ${output}`])),
    ...(posted.rows.length === 0 ? ['the bill differed by nothing'] : []),
    ...posted.rows.flatMap(({ source, times }) =>
      times === '1' ? [] : [`what ${source} differs by was posted ${times} times`],
    ),
  ];
}
