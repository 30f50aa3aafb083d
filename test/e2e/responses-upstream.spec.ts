import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { responseEvents } from '../support/response-events.js';
import { expectCostsToAddUp, postChat, readStream } from '../support/chat-client.js';
import { prepareGateway, type TestGateway } from '../support/gateway.js';
import { startReplayServer, type ReplayServer } from '../support/replay-server.js';

type Json = Record<string, unknown>;

const ID = 'openai';
const MESSAGES = [{ role: 'user', content: 'When is high water in Brest?' }];
const USAGE = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 50,
  output_tokens_details: { reasoning_tokens: 20 },
};
const SEARCHED = {
  type: 'web_search_call',
  status: 'completed',
  action: { type: 'search', sources: [{ type: 'url', url: 'https://tides.example/brest' }] },
};
const CITED = {
  type: 'message',
  content: [
    {
      type: 'output_text',
      text: 'At 06:12.',
      annotations: [
        {
          type: 'url_citation',
          url: 'https://tides.example/brest',
          title: 'Tides',
          start_index: 3,
          end_index: 8,
        },
      ],
    },
  ],
};
const THOUGHT = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAA' };
const CALL = {
  type: 'function_call',
  id: 'fc_1',
  call_id: 'call_1',
  name: 'tides',
  arguments: '{"port":"Brest"}',
};
/** Of the catalogue's offers one that searches at no known price. */
const UNPRICED = 'gpt-5.3-chat-latest';
const CHAT_ANSWER = JSON.stringify({
  id: 'chatcmpl-1',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'At 06:12.' }, finish_reason: 'stop' },
  ],
  usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
});
const TOOLS = [{ type: 'function', function: { name: 'tides' } }];

const responseOf = (model: string, output: readonly Json[]): Json => ({
  id: 'resp_1',
  status: 'completed',
  model,
  output,
  usage: USAGE,
});

describe('the Responses API as an upstream', () => {
  let gateway: TestGateway;
  let upstream: ReplayServer;

  beforeAll(async () => {
    upstream = await startReplayServer();
    gateway = await prepareGateway();
    await gateway.startMain({
      ALLOW_PRIVATE_UPSTREAMS: 'true',
      OPENAI_API_KEY: 'sk-openai-1234567890',
      OPENAI_BASE_URL: `${upstream.url}/${ID}/v1`,
      SERPER_API_KEY: 'serper-1234567890',
      SERPER_BASE_URL: `${upstream.url}/serper`,
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.close();
  });

  function ask(model: string, fields: Json, type: string, body: string) {
    const pieces = [Buffer.from(body)];
    upstream.play(ID, { status: 200, headers: { 'content-type': type }, pieces });
    return postChat(gateway, { model: `${ID}/${model}`, messages: MESSAGES, ...fields });
  }

  function received(): { path: string; body: Json } {
    const [request] = upstream.received(ID);
    return { path: request?.path ?? '', body: JSON.parse(request?.body ?? '{}') as Json };
  }

  it('searches the web for a model of chat, at the price of a search', async () => {
    const body = JSON.stringify(responseOf('gpt-4.1', [SEARCHED, CITED]));
    const { text } = await ask('gpt-4.1', { web_search: true }, 'application/json', body);
    expectCostsToAddUp(text);
    expect(JSON.parse(text)).toMatchObject({
      choices: [
        {
          message: {
            content: 'At 06:12.',
            annotations: [{ url_citation: { url: 'https://tides.example/brest', start_index: 3 } }],
          },
        },
      ],
      usage: { prompt_tokens: 100, completion_tokens: 50, cost_usd_web_search: 0.01 },
      metadata: { used_provider: ID, cost_basis: 'final' },
    });
    const { path, body: sent } = received();
    expect(path).toBe('/v1/responses');
    expect(sent).toMatchObject({ model: 'gpt-4.1', store: false, tools: [{ type: 'web_search' }] });
  });

  it('bills the searches of a stream', async () => {
    const items = [SEARCHED, SEARCHED, CITED].map((item) => ({ item, inPieces: true }));
    const events = responseEvents(
      items,
      responseOf(
        'gpt-4.1',
        items.map(({ item }) => item),
      ),
    );
    const body = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
    const asked = { stream: true, web_search_options: { search_context_size: 'low' } };
    const { text } = await ask('gpt-4.1', asked, 'text/event-stream', body);
    const { frames, done } = readStream(text);
    expect(done).toBe(true);
    const last = JSON.parse(frames.at(-1) ?? '{}');
    expect(last).toMatchObject({
      usage: { cost_usd_web_search: 0.02 },
      metadata: { web_search: { mode: 'native', searches: 2 } },
    });
    expect(received().body['tools']).toEqual([{ type: 'web_search', search_context_size: 'low' }]);
  });

  it('is not asked where a search has no price there: results go to the chat API', async () => {
    const found = {
      organic: [{ link: 'https://tides.example/', title: 'T', snippet: 'At 06:12' }],
    };
    const pieces = [Buffer.from(JSON.stringify(found))];
    const headers = { 'content-type': 'application/json' };
    upstream.play('serper', { status: 200, headers, pieces });
    const { text } = await ask(UNPRICED, { web_search: true }, 'application/json', CHAT_ANSWER);
    expect(JSON.parse(text).metadata.web_search).toMatchObject({ mode: 'injected', results: 1 });
    const { path, body } = received();
    expect(path).toBe('/v1/chat/completions');
    expect(body).not.toHaveProperty('web_search');
    expect(JSON.stringify(body['messages'])).toContain('At 06:12');
  });

  it('leaves a call without a search where it was', async () => {
    const { status } = await ask('gpt-4.1', {}, 'application/json', CHAT_ANSWER);
    expect([status, received().path]).toEqual([200, '/v1/chat/completions']);
  });

  it('streams a model that is only there, and its thought comes back with the result of its call', async () => {
    const items = [THOUGHT, CALL].map((item) => ({ item, inPieces: true }));
    const events = responseEvents(items, responseOf('gpt-5-pro', [THOUGHT, CALL]));
    const body = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
    const asked = { stream: true, tools: TOOLS };
    const { text } = await ask('gpt-5-pro', asked, 'text/event-stream', body);
    const { frames, done } = readStream(text);
    expect(done).toBe(true);
    const deltas = frames.map((frame) => JSON.parse(frame).choices[0]?.delta ?? {});
    const details = deltas.flatMap(({ reasoning_details: some = [] }) => some);
    const turn = {
      role: 'assistant',
      content: null,
      reasoning_details: details,
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'tides', arguments: CALL.arguments } },
      ],
    };
    const result = { role: 'tool', tool_call_id: 'call_1', content: '06:12' };
    const messages = [...MESSAGES, turn, result];
    const last = JSON.stringify(responseOf('gpt-5-pro', [CITED]));
    await ask('gpt-5-pro', { messages, tools: TOOLS }, 'application/json', last);
    const { id: _id, ...thought } = THOUGHT;
    const { id: _callId, ...call } = CALL;
    expect(received().body['input']).toEqual([
      ...MESSAGES,
      thought,
      call,
      { type: 'function_call_output', call_id: 'call_1', output: '06:12' },
    ]);
  });
});
