import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from './server.js';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});

afterAll(() => sandbox.close());

const KEYS = {
  authorization: 'Bearer key',
  'x-api-key': 'key',
  'x-goog-api-key': 'key',
  'anthropic-version': '2023-06-01',
};

function post(path: string, body: unknown, init: RequestInit = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(`${sandbox.url}${path}`, { method: 'POST', body: text, headers: KEYS, ...init });
}

function chat(text: string, stream: boolean, init: RequestInit = {}): Promise<Response> {
  const body = { model: 'm', stream, messages: [{ role: 'user', content: text }] };
  return post('/v1/chat/completions', body, init);
}

const PROTOCOLS = [
  ['openai', (text: string, init?: RequestInit) => chat(text, false, init)],
  [
    'anthropic',
    (text: string, init?: RequestInit) =>
      post(
        '/v1/messages',
        { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: text }] },
        init,
      ),
  ],
  [
    'gemini',
    (text: string, init?: RequestInit) =>
      post('/v1beta/models/m:generateContent', { contents: [{ parts: [{ text }] }] }, init),
  ],
] as const;

const finished = (id: string): ReturnType<Sandbox['waitFor']> =>
  sandbox.waitFor((entry) => entry.id === id && entry.finished);

describe('calls that go well', () => {
  it.each(PROTOCOLS)('are tallied: %s', async (protocol, call) => {
    const response = await call(`[[id=well-${protocol} tokens=5 reasoning=2]]`);
    expect(response.status).toBe(200);
    await response.json();
    expect(await finished(`well-${protocol}`)).toMatchObject({
      protocol,
      model: 'm',
      status: 200,
      completionTokens: 7,
      reasoningTokens: 2,
    });
  });

  it('stream events at the pace asked for', async () => {
    const startedAt = performance.now();
    const response = await chat('[[id=pace tokens=11 rate=50 latency=100]]', true);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await response.text()).toMatch(/data: \[DONE\]\n\n$/);
    expect(performance.now() - startedAt).toBeGreaterThan(290);
    expect(await finished('pace')).toMatchObject({ completionTokens: 11, stream: true });
  });

  it('send one huge line', async () => {
    const text = await (await chat('[[big=3000000]]', true)).text();
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeGreaterThan(3_000_000);
  });
});

describe('errors', () => {
  const bodies = {
    openai: { error: { type: 'tokens', code: 'rate_limit_exceeded', param: null } },
    anthropic: { type: 'error', error: { type: 'rate_limit_error' } },
    gemini: {
      error: { code: 429, status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '3s' }] },
    },
  };

  it.each(PROTOCOLS)('have the body of the protocol: %s', async (protocol, call) => {
    const response = await call(`[[id=error-${protocol} error=429 retry_after=3]]`);
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe(protocol === 'gemini' ? null : '3');
    expect(await response.json()).toMatchObject(bodies[protocol]);
    expect(await finished(`error-${protocol}`)).toMatchObject({ status: 429, promptTokens: 0 });
  });

  it.each([400, 401, 403, 404, 413, 422, 500, 503, 529])('can be %d', async (status) => {
    const responses = PROTOCOLS.map(([, call]) => call(`[[error=${status}]]`));
    for (const response of await Promise.all(responses)) {
      expect(response.status).toBe(status);
      expect(await response.json()).toHaveProperty('error.message');
    }
  });

  it('answer a bad or missing key', async () => {
    const bad = {
      authorization: 'Bearer bad-key',
      'x-api-key': 'bad-key',
      'x-goog-api-key': 'bad-key',
    };
    const statuses = async (headers: Record<string, string>): Promise<number[]> =>
      (await Promise.all(PROTOCOLS.map(([, call]) => call('x', { headers })))).map(
        ({ status }) => status,
      );
    expect(await statuses(bad)).toEqual([401, 401, 400]);
    expect(await statuses({})).toEqual([401, 401, 403]);
  });

  it('answer what cannot be read or found', async () => {
    expect((await post('/v1/chat/completions', '{')).status).toBe(400);
    expect((await post('/v1/chat/completions', '[]')).status).toBe(400);
    expect((await post('/v1/nothing', {})).status).toBe(404);
    const noEvents = await post('/v1beta/models/m:streamGenerateContent', {});
    expect(noEvents.status).toBe(404);
  });
});

describe('accidents', () => {
  it('cut a stream within a chunk', async () => {
    const response = await chat('[[id=cut tokens=9 cut=2]]', true);
    const decoder = new TextDecoder();
    let text = '';
    const reading = (async () => {
      for await (const bytes of response.body ?? []) text += decoder.decode(bytes);
    })();
    await expect(reading).rejects.toThrow();
    expect(text.match(/"content":"[^"]/g)).toHaveLength(2);
    expect(text.endsWith('\n\n')).toBe(false);
    const [entry] = sandbox.tally().filter(({ id }) => id === 'cut');
    expect(entry).toMatchObject({ completionTokens: 2, finished: false, aborted: false });
  });

  it('cut a whole answer', async () => {
    const response = await chat('[[cut=0]]', false);
    await expect(response.text()).rejects.toThrow();
  });

  it.each(['openai', 'anthropic', 'gemini'] as const)(
    'end in an error event: %s',
    async (protocol) => {
      const text = 'x [[error_after=2]]';
      const turn = [{ role: 'user', content: text }];
      const calls = {
        openai: () => chat(text, true),
        anthropic: () =>
          post('/v1/messages', { model: 'm', max_tokens: 9, stream: true, messages: turn }),
        gemini: () =>
          post('/v1beta/models/m:streamGenerateContent?alt=sse', {
            contents: [{ parts: [{ text }] }],
          }),
      };
      const body = await (await calls[protocol]()).text();
      const last = body.trimEnd().split('\n').at(-1) ?? '';
      expect(JSON.parse(last.replace('data: ', ''))).toHaveProperty('error.message');
      expect(body.startsWith('event: message_start')).toBe(protocol === 'anthropic');
    },
  );

  it.each([
    ['html', 'text/html', /^<html>/],
    ['empty', 'application/json', /^$/],
    ['brokenjson', 'application/json', /^\{.*[^}]$/],
    ['brokensse', 'text/event-stream', /^data: \{.*[^}]\n\n/],
  ])('answer garbage: %s', async (garbage, type, expected) => {
    const response = await chat(`[[garbage=${garbage}]]`, false);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    expect(await response.text()).toMatch(expected);
  });
});

describe('clients that go away', () => {
  it.each([
    ['while tokens come', 'tokens=1000 rate=50', true, 1],
    ['after the stream stalled', 'tokens=10 stall=3', true, 3],
    ['before the first byte', 'latency=60000', true, 0],
    ['before a whole answer', 'latency=60000', false, 0],
  ])('are noticed %s', async (name, directives, stream, least) => {
    const id = name.replaceAll(' ', '-');
    const leaving = new AbortController();
    const call = chat(`[[id=${id} ${directives}]]`, stream, { signal: leaving.signal });
    const failure = call.then((response) => response.text()).catch((error: unknown) => error);
    await sandbox.waitFor((entry) => entry.id === id && entry.completionTokens >= least);
    leaving.abort();
    await failure;
    const entry = await sandbox.waitFor((found) => found.id === id && found.aborted);
    expect(entry.finished).toBe(false);
    expect(entry.completionTokens).toBeGreaterThanOrEqual(least);
    expect(entry.completionTokens).toBeLessThan(least + 20);
    expect(entry.abortedAt).toBeGreaterThanOrEqual(entry.startedAt);
  });
});

describe('the tally over HTTP', () => {
  const tally = async (query: string): Promise<unknown> =>
    (await fetch(`${sandbox.url}/tally?${query}`)).json();

  it('waits for an abort', async () => {
    const leaving = new AbortController();
    const call = chat('[[id=polled stall=1]]', true, { signal: leaving.signal });
    const failure = call.then((response) => response.text()).catch((error: unknown) => error);
    await sandbox.waitFor((entry) => entry.id === 'polled' && entry.completionTokens > 0);
    expect(await tally('id=polled&wait=aborted&timeout_ms=20')).toMatchObject([{ aborted: false }]);
    const waiting = tally('id=polled&wait=aborted&timeout_ms=5000');
    leaving.abort();
    expect(await waiting).toMatchObject([{ id: 'polled', aborted: true, completionTokens: 1 }]);
    await failure;
  });

  it('can be cleared', async () => {
    await (await chat('x', false)).text();
    await fetch(`${sandbox.url}/tally`, { method: 'DELETE' });
    expect(await tally('')).toEqual([]);
  });
});

describe('the smaller routes', () => {
  it('answer', async () => {
    expect((await fetch(`${sandbox.url}/health`)).status).toBe(200);
    const models = await fetch(`${sandbox.url}/v1/models`, { headers: KEYS });
    expect(await models.json()).toMatchObject({ object: 'list' });
  });

  it('embed texts as vectors of length one', async () => {
    const body = { model: 'e', input: ['a', 'b', 'a'], dimensions: 8 };
    const list = (await (await post('/v1/embeddings', body)).json()) as {
      data: { embedding: number[] }[];
      usage: unknown;
    };
    const [first, second, third] = list.data.map(({ embedding }) => embedding);
    expect(first).toHaveLength(8);
    expect(first).toEqual(third);
    expect(first).not.toEqual(second);
    expect(Math.hypot(...(first ?? []))).toBeCloseTo(1, 5);
    expect(list.usage).toEqual({ prompt_tokens: 1, total_tokens: 1 });
    const packed = (await (
      await post('/v1/embeddings', { ...body, encoding_format: 'base64' })
    ).json()) as { data: { embedding: string }[] };
    const bytes = Buffer.from(packed.data[0]?.embedding ?? '', 'base64');
    expect(bytes.readFloatLE(0)).toBeCloseTo(first?.[0] ?? 0, 6);
  });
});
