import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseUsd } from '../../src/core/money.js';
import { requestRowBySource } from '../support/admin-client.js';
import {
  expectCostsToAddUp,
  expectErrorBody,
  postChat,
  readStream,
  type RawAnswer,
} from '../support/chat-client.js';
import { prepareGateway, type TestGateway } from '../support/gateway.js';
import {
  startReplayServer,
  type PlayedAnswer,
  type ReplayServer,
} from '../support/replay-server.js';

/**
 * The provider with the least to say: a definition without a quirk of its own, a line in the registry, golden cases,
 * offers with prices. CONTRIBUTING.md promises that this is all that a compatible provider takes.
 */
const ID = 'morph';
const MODEL = 'morph-v3-fast';
const KEY = 'sk-morph-1234567890';
/** Of the tokens of both golden answers, at the prices of prisma/catalogue/offers/morph.json. */
const COST = '0.0000168';

const golden = (path: string): string =>
  readFileSync(join(resolve('test', 'golden', ID), path), 'utf8');
const goldenJson = (path: string) => JSON.parse(golden(path));
const REQUEST = goldenJson('request/request.json');

const played = (status: number, type: string, body: string): PlayedAnswer => ({
  status,
  headers: { 'content-type': type },
  pieces: [Buffer.from(body)],
});

describe('the smallest provider', () => {
  let gateway: TestGateway;
  let upstream: ReplayServer;

  beforeAll(async () => {
    upstream = await startReplayServer();
    gateway = await prepareGateway();
    const environment = {
      ALLOW_PRIVATE_UPSTREAMS: 'true',
      MORPH_API_KEY: KEY,
      MORPH_BASE_URL: `${upstream.url}/${ID}/v1`,
    };
    await Promise.all([gateway.startWorker(), gateway.startMain(environment)]);
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.close();
  });

  function ask(answer: PlayedAnswer, fields: object = {}, source = 'smallest'): Promise<RawAnswer> {
    upstream.play(ID, answer);
    return postChat(gateway, { ...REQUEST, ...fields }, { 'x-source': source });
  }

  it('is asked as its golden case says, with its own key', async () => {
    await ask(played(200, 'application/json', golden('answer/upstream-response.json')));
    const [request] = upstream.received(ID);
    const { path, body } = goldenJson('request/upstream-request.json');
    expect(request).toMatchObject({ method: 'POST', path: `/v1${path}` });
    expect(request?.headers['authorization']).toBe(`Bearer ${KEY}`);
    expect(JSON.parse(request?.body ?? '')).toEqual(body);
  });

  it('answers in one piece, at its price, and is in the request log', async () => {
    const body = golden('answer/upstream-response.json');
    const { status, text } = await ask(played(200, 'application/json', body), {}, 'in-one-piece');
    expect([status, expectCostsToAddUp(text)]).toEqual([200, parseUsd(COST)]);
    expect(JSON.parse(text)).toMatchObject({
      model: MODEL,
      choices: [{ message: { content: 'High tide is at noon.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 12, completion_tokens: 6, total_tokens: 18 },
      metadata: {
        used_provider: ID,
        dropped_params: goldenJson('request/dropped.json'),
        cost_basis: 'final',
      },
    });
    expect(await requestRowBySource(gateway, 'in-one-piece')).toMatchObject({
      outcome: 'completed',
      used_provider: ID,
    });
  });

  it('streams', async () => {
    const body = golden('stream/upstream-response.sse');
    const { text } = await ask(played(200, 'text/event-stream', body), { stream: true });
    const { frames, done } = readStream(text);
    const chunks = frames.map((frame) => JSON.parse(frame));
    const content = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
    expect([content, done]).toEqual(['High tide is at noon.', true]);
    expect(chunks.at(-1).usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 6 });
    expect(text).toContain(`"cost_usd_total":${COST}`);
  });

  it.each(['error-key', 'error-rate-limit'])('fails as %s says', async (name) => {
    const { status, body } = goldenJson(`${name}/upstream-error.json`);
    const answer = await ask(played(status, 'application/json', JSON.stringify(body)));
    const expected = goldenJson(`${name}/expected-error.json`);
    expect([answer.status, expectErrorBody(answer.text).code]).toEqual([
      expected.status,
      expected.code,
    ]);
  });

  it('refuses what it cannot do, without asking', async () => {
    upstream.play(ID, played(500, 'text/plain', ''));
    const { status, text } = await postChat(gateway, { ...REQUEST, service_tier: 'flex' });
    const { code, param } = expectErrorBody(text);
    expect([status, code, param]).toEqual([400, 'unsupported_parameter', 'service_tier']);
    expect(upstream.received(ID)).toEqual([]);
  });

  it('is listed with its prices', async () => {
    const headers = { authorization: `Bearer ${gateway.apiKey}` };
    const response = await fetch(`${gateway.url}/v1/models`, { headers });
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const { object, data } = (await response.json()) as { object: string; data: unknown[] };
    expect(object).toBe('list');
    expect(data).toContainEqual(
      expect.objectContaining({
        id: MODEL,
        object: 'model',
        owned_by: 'morph',
        providers: [expect.objectContaining({ id: ID, status: 'active' })],
        pricing: { prompt: '0.0000008', completion: '0.0000012' },
      }),
    );
  });
});
