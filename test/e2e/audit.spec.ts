import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { chatBody, postChat } from '../support/chat-client.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createTenant } from '../support/paying-tenant.js';
import { Program } from '../support/program.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
}, 60_000);
afterAll(() => gateway.stop());

async function audit(): Promise<{ end: unknown; output: string }> {
  const program = new Program('dist/audit.js', gateway.environment);
  return { end: await program.ended, output: program.output };
}

it('the audit is silent after real traffic, and ends with 1 once anything is wrong', async () => {
  const { database, url } = gateway;
  const { apiKey } = await createTenant(database, { credit: '1' });
  const asks = ['Hello', '[[tokens=17 cached=3]] Count', '[[tokens=40]] A stream'];
  for (const [at, text] of asks.entries()) {
    const body = chatBody(text, { max_tokens: 100, ...(at === 2 ? { stream: true } : {}) });
    expect((await postChat({ url, apiKey }, body)).status).toBe(200);
  }
  expect((await postChat({ url, apiKey }, chatBody('x', { model: 'none' }))).status).toBe(404);
  await eventually(
    async () => (await database.query('SELECT 1 FROM usage_event')).rowCount ?? 0,
    (rows) => rows >= 3,
  );
  const sound = await audit();
  expect(sound.output).toContain('[audit] 0 rows');
  expect(sound.end).toBe(0);
  await database.query(`UPDATE quota SET spent = spent + 0.000000000001 WHERE spent > 0`);
  const broken = await audit();
  expect(broken.output).toMatch(/\[audit\] I2 +1 {2}What is left in a wallet/);
  expect(broken.end).toBe(1);
}, 60_000);
