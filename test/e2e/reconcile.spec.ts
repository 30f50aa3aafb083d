import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { prepareGateway, type TestGateway } from '../support/gateway.js';
import { Program } from '../support/program.js';

let gateway: TestGateway;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'osm-bill-'));
  gateway = await prepareGateway();
}, 60_000);
afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function reconcile(content: string, ...more: string[]) {
  const file = path.join(folder, 'bill.csv');
  writeFileSync(file, content);
  const given = JSON.stringify(['--provider', 'openai', '--file', file, ...more]);
  const program = new Program('dist/reconcile.js', {
    ...gateway.environment,
    PROGRAM_ARGUMENTS: given,
  });
  return { end: await program.ended, output: program.output };
}

async function posted(): Promise<number> {
  const { rows } = await gateway.database.query<{ count: string }>(
    `SELECT count(*) FROM ledger_transaction WHERE kind = 'reconciliation'`,
  );
  return Number(rows[0]?.count);
}

it('a bill is tried, posted once, and refused where it is cut or its days are none', async () => {
  const { rows } = await gateway.database.query<{ upstream_model: string }>(
    `SELECT upstream_model FROM offer WHERE provider_id = 'openai' ORDER BY id LIMIT 1`,
  );
  const line = `2026-01-02,${rows[0]?.upstream_model ?? ''},1.5`;
  const lines = `day,model,amount\n${line}\n`;
  const bill = `${lines}total,,1.5\n`;
  const trial = await reconcile(bill, '--dry-run');
  expect([trial.end, trial.output]).toEqual([0, expect.stringContaining('would post 1.5 USD')]);
  expect(await posted()).toBe(0);
  const elsewhere = await reconcile(bill, '--from', '2026-01-03');
  expect([elsewhere.end, elsewhere.output]).toEqual([0, expect.stringContaining('posted 0 USD')]);
  for (const [content, complaint] of [
    [`${lines}2026-01-0`, 'line 3: does not end'],
    [lines, 'line 2: no total follows'],
    [`${lines}2026-01-02,nobody,1\ntotal,,2.5\n`, 'line 3: the provider'],
  ] as const) {
    const { end, output } = await reconcile(content);
    expect([end, output]).toEqual([1, expect.stringContaining(complaint)]);
  }
  for (const [complaint, ...window] of [
    ['--from must be a day such as 2026-01-31, not "2026-1-2"', '--from', '2026-1-2'],
    ['--to must be a day such as 2026-01-31, not "2026-02-30"', '--to', '2026-02-30'],
    ['--from 2026-01-02 is after --to 2026-01-01', '--from', '2026-01-02', '--to', '2026-01-01'],
  ] as const) {
    const { end, output } = await reconcile(bill, ...window);
    expect([end, output]).toEqual([1, expect.stringContaining(complaint)]);
  }
  expect(await posted()).toBe(0);
  for (const amount of ['1.5', '0']) {
    const { end, output } = await reconcile(bill);
    expect([end, output]).toEqual([0, expect.stringContaining(`posted ${amount} USD`)]);
    expect(await posted()).toBe(1);
  }
}, 60_000);
