import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { requestRowBySource } from '../support/admin-client.js';
import { chatBody, fetchChat } from '../support/chat-client.js';
import { eventually } from '../support/eventually.js';
import { prepareGateway, type TestGateway } from '../support/gateway.js';
import { startMuteHost, type MuteHost } from '../support/mute-host.js';
import {
  chunkOf,
  startLiveProvider,
  WHOLE_ANSWER,
  type LiveProvider,
  type LiveRequest,
} from '../support/live-provider.js';

/** Goes on and bills all of it when its connection is closed. */
const draining = 'groq/llama-3.3-70b-versatile';
/** Stops. */
const stopping = 'openai/gpt-4o';
/** Is waited for: it never ends the greeting of a connection. */
const unconnected = 'deepseek/deepseek-v4.1-flash';
const usage = { prompt_tokens: 1_000, completion_tokens: 500, total_tokens: 1_500 };

describe.each(['on', 'off'])('a client that leaves, HOT_LANE=%s', (lane) => {
  let gateway: TestGateway;
  let provider: LiveProvider;
  let mute: MuteHost;
  let calls = 0;

  beforeAll(async () => {
    [provider, mute] = await Promise.all([startLiveProvider(), startMuteHost()]);
    gateway = await prepareGateway({
      environment: {
        HOT_LANE: lane,
        ALLOW_PRIVATE_UPSTREAMS: 'true',
        GROQ_API_KEY: 'gsk-1234567890abcdef',
        GROQ_BASE_URL: provider.url,
        OPENAI_API_KEY: 'sk-1234567890abcdef',
        OPENAI_BASE_URL: provider.url,
        DEEPSEEK_API_KEY: 'sk-1234567890abcdef',
        DEEPSEEK_BASE_URL: mute.url,
      },
    });
    await Promise.all([gateway.startWorker(), gateway.startMain({ MAX_CLIENT_DRAINS: '1' })]);
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([provider.close(), mute.close()]);
  });

  interface Left {
    readonly source: string;
    readonly request: LiveRequest;
  }

  /** A client reads the first content of a stream and leaves. */
  async function leaveStream(model: string, url = gateway.url): Promise<Left> {
    const source = `left-${++calls}`;
    const leaving = new AbortController();
    const body = chatBody('Hi', { model, stream: true, max_tokens: 600 });
    const caller = { url, apiKey: gateway.apiKey };
    const response = fetchChat(caller, body, { 'x-source': source }, leaving.signal);
    const request = await provider.next();
    request.send(chunkOf({ role: 'assistant', content: 'Once' }));
    const reader = (await response).body?.getReader();
    await reader?.read();
    leaving.abort();
    return { source, request };
  }
  async function drains(url = gateway.url): Promise<number> {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(/^osm_client_drains_running (\d+)/m.exec(text)?.[1]);
  }
  const rowOf = (source: string): ReturnType<typeof requestRowBySource> =>
    requestRowBySource(gateway, source);
  const tell = (request: LiveRequest): void => {
    request.send(chunkOf({ content: ' upon a time' }), chunkOf({}, { usage }, 'stop'));
    request.end();
  };

  it('pays what the provider says at the end, where that goes on to it', async () => {
    const { source, request } = await leaveStream(draining);
    await eventually(drains);
    tell(request);
    expect(await rowOf(source)).toMatchObject({
      outcome: 'client_gone',
      status: 499,
      prompt_tokens: 1_000,
      completion_tokens: 500,
      finish_reason: 'stop',
      cost_basis: 'final',
      attempts: [{ provider: 'groq', status: 200, reason: 'ok' }],
    });
    expect(await drains()).toBe(0);
  });

  it('also before an answer in one piece', async () => {
    const source = `left-${++calls}`;
    const leaving = new AbortController();
    const body = chatBody('Hi', { model: draining, max_tokens: 600 });
    const answer = fetchChat(gateway, body, { 'x-source': source }, leaving.signal);
    const request = await provider.next();
    leaving.abort();
    await expect(answer).rejects.toThrow();
    await eventually(drains);
    request.answer(200, WHOLE_ANSWER);
    expect(await rowOf(source)).toMatchObject({
      outcome: 'client_gone',
      status: 499,
      prompt_tokens: 10,
      completion_tokens: 2,
      cost_basis: 'final',
    });
  });

  it('pays an estimate of its input where the provider stops: it has read that', async () => {
    const source = `left-${++calls}`;
    const leaving = new AbortController();
    const answer = fetchChat(
      gateway,
      chatBody('Hi', { model: stopping }),
      { 'x-source': source },
      leaving.signal,
    );
    const request = await provider.next();
    leaving.abort();
    await expect(answer).rejects.toThrow();
    await request.broken;
    const row = await rowOf(source);
    expect(row).toMatchObject({
      outcome: 'client_gone',
      completion_tokens: 0,
      cost_basis: 'estimated',
    });
    expect(row['prompt_tokens']).toBeGreaterThan(0);
  });

  it('pays nothing where the request had not gone out', async () => {
    const source = `left-${++calls}`;
    const leaving = new AbortController();
    const body = chatBody('Hi', { model: unconnected });
    const answer = fetchChat(gateway, body, { 'x-source': source }, leaving.signal);
    await mute.connected;
    leaving.abort();
    await expect(answer).rejects.toThrow();
    expect(await rowOf(source)).toMatchObject({
      outcome: 'client_gone',
      status: 499,
      prompt_tokens: null,
      completion_tokens: null,
      cost_usd: '0',
      attempts: [{ provider: 'deepseek', status: 0, reason: 'client_gone' }],
    });
  });

  it('pays an estimate of what it saw, where the provider stops: that is told at once', async () => {
    const { source, request } = await leaveStream(stopping);
    await request.broken;
    expect(await rowOf(source)).toMatchObject({
      outcome: 'client_gone',
      completion_tokens: 1,
      cost_basis: 'estimated',
    });
  });

  it('pays an estimate as well where as many answers are read on as may be', async () => {
    const first = await leaveStream(draining);
    await eventually(drains);
    const second = await leaveStream(draining);
    await second.request.broken;
    expect(await rowOf(second.source)).toMatchObject({
      outcome: 'client_gone',
      cost_basis: 'estimated',
    });
    expect(await drains()).toBe(1);
    tell(first.request);
    expect(await rowOf(first.source)).toMatchObject({ cost_basis: 'final' });
  });

  // With a process of its own, and below the lane.
  if (lane === 'on')
    it('or where the provider does not come to its end in time', async () => {
      const { url } = await gateway.startMain({ CLIENT_DRAIN_TIMEOUT_MS: '300' });
      const { source, request } = await leaveStream(draining, url);
      request.send(chunkOf({ content: ' upon' }), chunkOf({ content: ' a' }));
      await request.broken;
      expect(await rowOf(source)).toMatchObject({
        outcome: 'client_gone',
        completion_tokens: 3,
        cost_basis: 'estimated',
      });
    });

  it('or where the provider fails before it', async () => {
    const { source, request } = await leaveStream(draining);
    await eventually(() => drains(gateway.url));
    request.send({ error: { message: 'out of order' } });
    expect(await rowOf(source)).toMatchObject({
      outcome: 'client_gone',
      cost_basis: 'estimated',
      attempts: [{ provider: 'groq', status: 0, reason: 'client_gone' }],
    });
  });
});
