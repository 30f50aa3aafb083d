import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { chatBody, fetchChat } from '../support/chat-client.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

/** A provider that begins an answer, never ends it, and knows later what it cost. */
let provider: Server;
let gateway: TestGateway;
let model: string;

beforeAll(async () => {
  provider = createServer((request, response) => {
    if (request.url === '/generation?id=gen-77') {
      const data = { total_cost: 0.25, native_tokens_prompt: 1_000, native_tokens_completion: 500 };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ data }));
      return;
    }
    const delta = { role: 'assistant', content: 'Once upon a time' };
    const chunk = { id: 'gen-77', choices: [{ index: 0, delta, finish_reason: null }] };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  provider.closeAllConnections();
  provider.close();
});

beforeEach(async () => {
  const { port } = provider.address() as AddressInfo;
  gateway = await startGateway({
    environment: {
      OPENROUTER_API_KEY: 'sk-test',
      OPENROUTER_BASE_URL: `http://127.0.0.1:${port}`,
      ALLOW_PRIVATE_UPSTREAMS: 'true',
    },
  });
  const { rows } = await gateway.database.query<{ model_id: string }>(
    `SELECT model_id FROM offer WHERE provider_id = 'openrouter' AND status = 'active' AND variant IS NULL AND NOT suspect
     ORDER BY id LIMIT 1`,
  );
  model = `openrouter/${rows[0]?.model_id ?? ''}`;
}, 60_000);
afterEach(() => gateway.stop());

/** Reads the beginning of a stream; gives what makes the client leave. */
async function begin(): Promise<() => void> {
  const client = new AbortController();
  const body = chatBody('Tell me a story', { model, stream: true });
  const response = await fetchChat(gateway, body, {}, client.signal);
  expect(response.status).toBe(200);
  const reader = response.body?.getReader();
  await reader?.read();
  reader?.closed.catch(() => undefined);
  return () => client.abort();
}

/** Whether the gateway's journal holds the provider's name of the call; without it nobody can be asked. */
function isWritten(): boolean {
  const journal = path.join(gateway.environment['DATA_DIR'] ?? '', 'journal');
  return readdirSync(journal, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.journal'))
    .some((name) => readFileSync(path.join(journal, name), 'utf8').includes('gen-77'));
}

interface Figure {
  readonly rank: string;
  readonly amount: string;
  readonly provider_cost: string;
  readonly tokens: string;
}

/** The figures of the only call, once there are two. */
function twoFigures(): Promise<Figure[]> {
  const read = async (): Promise<Figure[]> => {
    const { rows } = await gateway.database.query<Figure>(
      `SELECT rank, trim_scale(amount)::text AS amount, trim_scale(provider_cost)::text AS provider_cost,
         units->>'completionTokens' AS tokens
       FROM usage_event ORDER BY revision`,
    );
    return rows;
  };
  return eventually(read, ({ length }) => length === 2);
}

it.each([
  ['whose client leaves', (leave: () => void) => Promise.resolve(leave())],
  ['whose gateway is killed', () => gateway.main.program.kill()],
])(
  'a stream %s is charged by what its provider says of it later',
  async (_which, cut) => {
    const leave = await begin();
    await eventually(() => Promise.resolve(isWritten()));
    await cut(leave);
    const [estimate, report] = await twoFigures();
    expect(estimate?.rank).toBe('estimate');
    expect(report).toMatchObject({ rank: 'provider_report', provider_cost: '0.25', tokens: '500' });
    expect(Number(report?.amount)).toBeGreaterThan(Number(estimate?.amount));
    leave();
  },
  60_000,
);
