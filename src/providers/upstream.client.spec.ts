import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuthStyle } from '../core/provider.js';
import {
  REQUEST,
  ok,
  ProviderServer,
  SECRET,
  send,
  targetOf,
} from '../../test/support/provider-server.js';

const provider = new ProviderServer();
beforeAll(() => provider.start());
afterEach(() => provider.forget());
afterAll(() => provider.stop());

describe('a request to a provider', () => {
  it('carries these headers and no others', async () => {
    provider.answer = ok;
    expect(await send(provider.clientOf(), provider.local()).told).toEqual({
      statusCode: 200,
      body: '{}',
      error: undefined,
    });
    expect(provider.seen).toEqual([
      {
        method: 'POST',
        url: '/v1/chat',
        body: '{"model":"m"}',
        headers: {
          host: `127.0.0.1:${provider.port}`,
          connection: 'keep-alive',
          'content-type': 'application/json',
          'content-length': '13',
          accept: 'application/json',
          'accept-encoding': 'identity',
          authorization: `Bearer ${SECRET}`,
        },
      },
    ]);
  });

  it('asks for events where it asks for a stream', async () => {
    provider.answer = ok;
    await send(provider.clientOf(), provider.local(), { ...REQUEST, body: { stream: true } }).told;
    expect(provider.seen[0]?.headers.accept).toBe('text/event-stream');
  });

  it.each<[AuthStyle, Record<string, string>]>([
    [{ kind: 'bearer' }, { authorization: `Bearer ${SECRET}` }],
    [{ kind: 'header', name: 'x-api-key' }, { 'x-api-key': SECRET }],
    [{ kind: 'none' }, {}],
  ])('shows the key as the provider wants it: %j', async (auth, headers) => {
    provider.answer = ok;
    await send(provider.clientOf(), targetOf(`http://127.0.0.1:${provider.port}`, { auth })).told;
    const carriers = Object.entries(provider.seen[0]?.headers ?? {}).filter(([name]) =>
      ['authorization', 'x-api-key'].includes(name),
    );
    expect(Object.fromEntries(carriers)).toEqual(headers);
  });

  it('the key goes before what a request or a provider says in its place', async () => {
    provider.answer = ok;
    const target = targetOf(`http://127.0.0.1:${provider.port}`, {
      headers: { authorization: 'Bearer other', 'x-version': '1' },
    });
    const headers = { authorization: 'Bearer third', 'x-beta': '2' };
    await send(provider.clientOf(), target, { ...REQUEST, headers }).told;
    expect(provider.seen[0]?.headers).toMatchObject({
      authorization: `Bearer ${SECRET}`,
      'x-version': '1',
      'x-beta': '2',
    });
  });

  it('the headers of a credential’s settings go with it', async () => {
    provider.answer = ok;
    const { credential, ...target } = provider.local();
    const withHeaders = { ...credential, headers: { 'x-project': 'p1', authorization: 'other' } };
    await send(provider.clientOf(), { ...target, credential: withHeaders }).told;
    expect(provider.seen[0]?.headers).toMatchObject({
      'x-project': 'p1',
      authorization: `Bearer ${SECRET}`,
    });
  });

  it('gives every status to the caller, and does not follow redirects', async () => {
    provider.answer = (_request, response) =>
      void response
        .writeHead(307, { location: `http://127.0.0.1:${provider.port}/elsewhere` })
        .end();
    expect(await send(provider.clientOf(), provider.local()).told).toMatchObject({
      statusCode: 307,
    });
    expect(provider.seen.map(({ url }) => url)).toEqual(['/v1/chat']);
  });

  it('information before the answer is not the answer', async () => {
    provider.answer = (_request, response) => {
      response.writeProcessing();
      response.writeHead(200).end('ok');
    };
    expect(await send(provider.clientOf(), provider.local()).told).toMatchObject({
      statusCode: 200,
      body: 'ok',
    });
  });
});

describe('addresses', () => {
  const guarded = { ALLOW_PRIVATE_UPSTREAMS: 'false' };
  const hosts = ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '0.0.0.0'];

  it.each([...hosts, '[::]', 'localhost', '10.0.0.1', '169.254.169.254'])(
    'on the inside are refused before anything is sent: %s',
    async (host) => {
      provider.answer = ok;
      const { error } = await send(
        provider.clientOf(guarded),
        targetOf(`http://${host}:${provider.port}`),
      ).told;
      expect(error).toMatchObject({
        code: 'upstream_error',
        detail: expect.stringContaining('is not a public address'),
      });
      expect(provider.seen).toEqual([]);
    },
  );

  it('on the inside are allowed where the operator says so, also by name', async () => {
    provider.answer = ok;
    const { error } = await send(provider.clientOf(), targetOf(`http://localhost:${provider.port}`))
      .told;
    expect([error, provider.seen.length]).toEqual([undefined, 1]);
  });

  it('of the sandbox are allowed, to its port alone', async () => {
    provider.answer = ok;
    const client = provider.clientOf({
      ...guarded,
      SANDBOX_BASE_URL: `http://127.0.0.1:${provider.port}/v1`,
    });
    expect(await send(client, provider.local()).told).toMatchObject({ statusCode: 200 });
    const { error } = await send(client, targetOf(`http://127.0.0.1:${provider.port + 1}`)).told;
    expect(error).toMatchObject({ detail: expect.stringContaining('not a public') });
    expect(provider.seen).toHaveLength(1);
  });
});
