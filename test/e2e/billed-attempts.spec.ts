import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { chatBody, postChat } from '../support/chat-client.js';
import { eventually } from '../support/eventually.js';
import { prepareGateway, type TestGateway } from '../support/gateway.js';
import {
  startReplayServer,
  type PlayedAnswer,
  type ReplayServer,
} from '../support/replay-server.js';

/** Offered by two providers at the same price, so that the one whose name comes first is asked first. */
const model = 'gpt-4o-2024-11-20';
const usage = { prompt_tokens: 1_000, completion_tokens: 0, total_tokens: 1_000 };

let gateway: TestGateway;
let providers: ReplayServer;

beforeAll(async () => {
  [providers, gateway] = await Promise.all([startReplayServer(), prepareGateway()]);
  await Promise.all([
    gateway.startWorker(),
    gateway.startMain({
      ALLOW_PRIVATE_UPSTREAMS: 'true',
      OPENAI_API_KEY: 'sk-first-1234567890abcdef',
      OPENAI_BASE_URL: `${providers.url}/first`,
      OPENROUTER_API_KEY: 'sk-second-1234567890abcdef',
      OPENROUTER_BASE_URL: `${providers.url}/second`,
    }),
  ]);
}, 60_000);
afterAll(async () => {
  await gateway.stop();
  await providers.close();
});

const played = (type: string, text: string): PlayedAnswer => ({
  status: 200,
  headers: { 'content-type': type },
  pieces: [Buffer.from(text)],
});
const events = (...frames: object[]): PlayedAnswer =>
  played(
    'text/event-stream',
    frames.map((frame) => `data: ${JSON.stringify(frame)}\n\n`).join('') + 'data: [DONE]\n\n',
  );
const json = (body: object): PlayedAnswer => played('application/json', JSON.stringify(body));

const failing = { index: 0, delta: {}, finish_reason: 'error' };
const answering = { index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' };
const message = { role: 'assistant', content: 'Hi' };

it.each<[string, boolean, PlayedAnswer, PlayedAnswer]>([
  [
    'a stream',
    true,
    events({ id: 'a', choices: [failing], usage }),
    events({ id: 'b', choices: [answering], usage }),
  ],
  [
    'an answer in one piece',
    false,
    json({ id: 'a', choices: [{ index: 0, message, finish_reason: 'error' }], usage }),
    json({ id: 'b', choices: [{ index: 0, message, finish_reason: 'stop' }], usage }),
  ],
])(
  '%s whose first attempt failed and was billed is paid once, and owed twice',
  async (_what, stream, first, second) => {
    providers.play('first', first);
    providers.play('second', second);
    const answer = await postChat(gateway, chatBody('Hello', { model, stream }));
    expect(answer.status).toBe(200);
    const [, call] = /"(tx_osm_\w+)"/.exec(answer.text) ?? [];
    const owed = await eventually(
      async () => {
        const { rows } = await gateway.database.query<{ account: string; amount: string }>(
          `SELECT account, trim_scale(sum(amount))::text AS amount FROM posting
         JOIN ledger_transaction t ON t.id = transaction_id WHERE source = $1 GROUP BY 1`,
          [call],
        );
        return Object.fromEntries(rows.map((row) => [row.account, row.amount]));
      },
      (accounts) => 'revenue' in accounts,
    );
    expect(owed).toMatchObject({
      'provider_cost:openai': '0.0025',
      'provider_payable:openai': '-0.0025',
      'provider_cost:openrouter': '0.0025',
      revenue: '0.0025',
    });
  },
);
