import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { requestRowBySource } from '../support/admin-client.js';
import {
  chatBody,
  expectCostsToAddUp,
  expectErrorBody,
  postChat,
  readStream,
  type RawAnswer,
} from '../support/chat-client.js';
import { prepareGateway, type TestGateway } from '../support/gateway.js';
import { startReplayServer, type ReplayServer } from '../support/replay-server.js';
import { model, usage, json, whole, chunk, events, streamed } from '../support/fallback-answers.js';

const keys = { openai: 'sk-first-1234567890abcdef', openrouter: 'sk-second-1234567890abcdef' };
const pingInterval = 100;

/** The first provider is the sandbox under another name, the second one plays what it is given. */
describe.each(['on', 'off'])('fallback, HOT_LANE=%s', (lane) => {
  let gateway: TestGateway;
  let second: ReplayServer;
  let calls = 0;

  beforeAll(async () => {
    second = await startReplayServer();
    gateway = await prepareGateway();
    await Promise.all([
      gateway.startWorker(),
      gateway.startMain({
        HOT_LANE: lane,
        PING_INTERVAL_MS: String(pingInterval),
        ALLOW_PRIVATE_UPSTREAMS: 'true',
        // The first provider fails again and again, and is to be asked all the same.
        TARGET_EJECTION: 'off',
        OPENAI_API_KEY: keys.openai,
        OPENAI_BASE_URL: `${gateway.sandbox.url}/v1`,
        OPENROUTER_API_KEY: keys.openrouter,
        OPENROUTER_BASE_URL: `${second.url}/second`,
      }),
    ]);
  });
  afterAll(async () => {
    await gateway.stop();
    await second.close();
  });
  beforeEach(() => second.play('second', whole));

  async function ask(
    prompt: string,
    fields: object = {},
    headers: Record<string, string> = {},
  ): Promise<RawAnswer & { source: string }> {
    const source = `call-${++calls}`;
    const body = chatBody(prompt, { model, ...fields });
    return { ...(await postChat(gateway, body, { 'x-source': source, ...headers })), source };
  }

  const asked = (): number => second.received('second').length;
  const failedFirst = { provider: 'openai', status: 503, reason: 'overloaded' };
  const thenAnswered = { provider: 'openrouter', status: 200, reason: 'ok' };

  it('is not needed while the first provider answers', async () => {
    const { text } = await ask('Hello');
    expect(JSON.parse(text)).toMatchObject({
      metadata: { used_provider: 'openai', routing: { attempts: [{ provider: 'openai' }] } },
    });
    expect(asked()).toBe(0);
  });

  it.each([
    ['error=401', 502, 'upstream_auth_failed'],
    ['error=404', 502, 'upstream_model_missing'],
    ['error=429', 429, 'upstream_rate_limited'],
    ['error=500', 502, 'upstream_error'],
    ['error=503', 503, 'overloaded'],
    ['garbage=html', 502, 'upstream_error'],
    ['garbage=brokenjson', 502, 'upstream_error'],
    ['cut=0', 502, 'upstream_error'],
  ])('goes to the second provider after %s', async (directive, status, reason) => {
    const { text, headers, source } = await ask(`[[${directive}]]`);
    const attempts = [{ provider: 'openai', status, reason }, thenAnswered];
    const answer = JSON.parse(text);
    expect(answer.choices[0].message.content).toBe('from the second');
    expect(answer.metadata).toMatchObject({ used_provider: 'openrouter', routing: { attempts } });
    expect(headers.get('x-osm-provider')).toBe('openrouter');
    expectCostsToAddUp(text);
    expect(await requestRowBySource(gateway, source)).toMatchObject({
      outcome: 'completed',
      used_provider: 'openrouter',
      prompt_tokens: 10,
      attempts,
    });
  });

  it('gives each provider its own key and model, and nobody the client’s', async () => {
    await ask('[[error=503]]');
    const [request] = second.received('second');
    expect(request?.headers['authorization']).toBe(`Bearer ${keys.openrouter}`);
    expect(JSON.stringify(request)).not.toContain(gateway.apiKey);
    expect(JSON.parse(request?.body ?? '').model).toBe(`openai/${model}`);
  });

  it.each([
    ['error=400', 400, 'invalid_parameter'],
    ['error=413', 413, 'request_too_large'],
  ])('is not tried after %s, which blames the request', async (directive, status, code) => {
    const answer = await ask(`[[${directive}]]`);
    expect([answer.status, expectErrorBody(answer.text).code]).toEqual([status, code]);
    expect(asked()).toBe(0);
  });

  it('is not tried with X-No-Fallback, nor for a pinned provider', async () => {
    const headers = { 'x-no-fallback': 'true' };
    const unwanted = await ask('[[error=503]]', {}, headers);
    const pinned = await ask('[[error=503]]', { model: `openai/${model}` });
    expect([unwanted.status, pinned.status, asked()]).toEqual([503, 503, 0]);
    expect(unwanted.headers.get('x-should-retry')).toBeNull();
    const allowed = await ask('[[error=503]]', {}, { 'x-no-fallback': 'false' });
    expect([allowed.status, asked()]).toEqual([200, 1]);
  });

  it('that fails as well: the last error, not to be repeated', async () => {
    second.play('second', json(500, { error: { message: 'out of order' } }));
    const answer = await ask('[[error=503]]');
    expect(answer.status).toBe(502);
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(answer.text).not.toContain('out of order');
    expect(await requestRowBySource(gateway, answer.source)).toMatchObject({
      outcome: 'failed',
      cost_usd: '0',
      // The last one may have been asked the same again.
      attempts: expect.arrayContaining([
        failedFirst,
        { provider: 'openrouter', status: 502, reason: 'upstream_error' },
      ]),
    });
  });

  describe('of a stream', () => {
    beforeEach(() => second.play('second', streamed));

    it.each(['error=503', 'cut=0', 'error_after=0', `latency=${5 * pingInterval} error=503`])(
      'goes to the second provider after %s',
      async (directive) => {
        const { text, status } = await ask(`[[${directive}]]`, { stream: true });
        const { frames, done } = readStream(text);
        expect([status, done]).toEqual([200, true]);
        const chunks = frames.map((frame) => JSON.parse(frame));
        const content = chunks.map(({ choices }) => choices[0].delta.content ?? '').join('');
        expect(content).toBe('from the second');
        expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
        expect(chunks.flatMap(({ choices }) => choices[0].delta.role ?? [])).toEqual(['assistant']);
        const { attempts } = chunks.at(-1).metadata.routing;
        expect(attempts.map(({ provider }: { provider: string }) => provider)).toEqual([
          'openai',
          'openrouter',
        ]);
      },
    );

    it('is not tried once content was delivered', async () => {
      const { text } = await ask('[[tokens=9 error_after=3]]', { stream: true });
      const { frames, done } = readStream(text);
      expect(done).toBe(false);
      expect(expectErrorBody(frames.at(-1) ?? '').code).toBe('upstream_error');
      expect(asked()).toBe(0);
    });
  });

  it('charges a stream that broke off for what the provider had reported', async () => {
    second.play(
      'second',
      events(chunk({ role: 'assistant', content: 'half' }, { usage }), chunk({ content: ' of' })),
    );
    const answer = await ask('Hi', { stream: true, model: `openrouter/${model}` });
    const { frames, done } = readStream(answer.text);
    expect([done, expectErrorBody(frames.at(-1) ?? '').code]).toEqual([false, 'upstream_error']);
    // 10 tokens at 2.5 and 2 at 10 USD a million.
    expect(await requestRowBySource(gateway, answer.source)).toMatchObject({
      outcome: 'interrupted',
      prompt_tokens: 10,
      completion_tokens: 2,
      cost_usd: '0.000045',
      cost_basis: 'final',
    });
  });

  it('does not follow a provider that points elsewhere', async () => {
    second.play('second', {
      status: 302,
      headers: { location: `${second.url}/elsewhere` },
      pieces: [],
    });
    const { status } = await ask('Hi', { model: `openrouter/${model}` });
    expect([status, second.received('elsewhere').length]).toEqual([502, 0]);
  });

  it('keeps a provider’s key to itself when the provider repeats it', async () => {
    const message = `The key ${keys.openrouter} is not for this model. Find others at https://example.com`;
    second.play('second', json(400, { error: { message, param: null } }));
    const { text, status } = await ask('Hi', { model: `openrouter/${model}` });
    expect(status).toBe(400);
    expect(text).not.toContain('second-1234567890');
    for (const secret of [keys.openai, keys.openrouter, gateway.apiKey])
      expect(gateway.logs()).not.toContain(secret.slice(-16));
  });
});
