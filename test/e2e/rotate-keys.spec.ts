import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { formatKey } from '../../src/platform/secrets/key-ring.js';
import { insertCredential, secretBox } from '../support/credential-rows.js';
import { prepareGateway, type TestGateway } from '../support/gateway.js';
import { Program } from '../support/program.js';
import type { Rows } from '../support/tenant.js';

const current = formatKey('k3', randomBytes(32));
const old = formatKey('k2', randomBytes(32));
const secret = 'sk-canary-5d1f0a7be9c24836';

let gateway: TestGateway;
let rows: Rows;

beforeAll(async () => {
  gateway = await prepareGateway();
  rows = {
    query: async (sql, values = []) =>
      (await gateway.database.query<Record<string, unknown>>(sql, [...values])).rows,
    close: () => Promise.resolve(),
  };
  for (const key of [old, old, formatKey('k1', randomBytes(32))]) {
    await insertCredential(rows, secretBox(key), {
      organizationId: null,
      providerId: 'openai',
      secret,
      baseUrl: 'https://api.openai.com/v1',
    });
  }
}, 60_000);
afterAll(() => gateway.stop());

/** Runs the program with these keys; gives how it ended and what it printed. */
async function rotate(keys: string): Promise<{ end: unknown; output: string }> {
  const environment = { ...gateway.environment, KEY_ENCRYPTION_KEYS: keys };
  const program = new Program('dist/rotate-keys.js', environment);
  return { end: await program.ended, output: program.output };
}

it('wraps what it can, tells what is left, and ends well once nothing is', async () => {
  const first = await rotate(`${current},${old}`);
  expect(first.end).toBe(1);
  expect(first.output).toContain('provider_credential: 2 rows wrapped anew');
  expect(first.output).toContain('provider_credential: 1 rows still need the key k1');
  await rows.query(`DELETE FROM provider_credential WHERE key_id = 'k1'`);
  const second = await rotate(`${current},${old}`);
  expect(second.output).toContain('provider_credential: 0 rows wrapped anew');
  expect(second.end).toBe(0);
  expect(await rows.query('SELECT DISTINCT key_id FROM provider_credential')).toEqual([
    { key_id: 'k3' },
  ]);
  for (const { output } of [first, second])
    for (const hidden of [secret, current.slice(3), old.slice(3)])
      expect(output).not.toContain(hidden);
});

it('without a key in production says what it needs', async () => {
  const environment = { ...gateway.environment, NODE_ENV: 'production' };
  const program = new Program('dist/rotate-keys.js', environment);
  expect(await program.ended).toBe(1);
  expect(program.output).toContain('KEY_ENCRYPTION_KEYS: must be set in production');
});
