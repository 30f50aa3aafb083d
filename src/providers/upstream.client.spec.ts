import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { makeTarget } from '../../test/support/target.js';
import type { AuthStyle, ProviderDefinition } from '../core/provider.js';
import type { Target } from '../core/target.js';
import { Environment } from '../platform/env.js';
import type { UpstreamRequest } from './protocols/protocol.js';
import { UpstreamClient, type UpstreamOptions } from './upstream.client.js';

const SECRET = 'canary-5f3c';
const REQUEST: UpstreamRequest = { path: '/chat', body: { model: 'm' } };

interface Seen {
  readonly url: string | undefined;
  readonly method: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let answer: (request: IncomingMessage, response: ServerResponse) => void;
const seen: Seen[] = [];
let server: Server;
let port: number;
const clients: UpstreamClient[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { url, method, headers } = request;
      seen.push({ url, method, headers, body: Buffer.concat(pieces).toString() });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});

afterEach(async () => {
  seen.length = 0;
  await Promise.all(clients.splice(0).map((client) => client.onApplicationShutdown()));
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function clientOf(
  settings: Partial<Environment> = { ALLOW_PRIVATE_UPSTREAMS: 'true' },
): UpstreamClient {
  const client = new UpstreamClient(Object.assign(new Environment(), settings));
  clients.push(client);
  return client;
}

function targetOf(baseUrl: string, provider: Partial<ProviderDefinition> = {}): Target {
  const target = makeTarget({ provider: { auth: { kind: 'bearer' }, ...provider } });
  return { ...target, baseUrl, credential: { ...target.credential, secret: SECRET } };
}

const options = (more: Partial<UpstreamOptions> = {}): UpstreamOptions => ({
  signal: AbortSignal.timeout(5_000),
  headersTimeoutMs: 0,
  bodyTimeoutMs: 0,
  ...more,
});

const local = () => targetOf(`http://127.0.0.1:${port}/v1`);
const ok = (_request: IncomingMessage, response: ServerResponse) => void response.end('{}');

describe('a request to a provider', () => {
  it('carries these headers and no others', async () => {
    answer = ok;
    await clientOf().post(local(), REQUEST, options());
    expect(seen).toEqual([
      {
        method: 'POST',
        url: '/v1/chat',
        body: '{"model":"m"}',
        headers: {
          host: `127.0.0.1:${port}`,
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
    answer = ok;
    await clientOf().post(local(), { ...REQUEST, body: { stream: true } }, options());
    expect(seen[0]?.headers.accept).toBe('text/event-stream');
  });

  it.each<[AuthStyle, Record<string, string>]>([
    [{ kind: 'bearer' }, { authorization: `Bearer ${SECRET}` }],
    [{ kind: 'header', name: 'x-api-key' }, { 'x-api-key': SECRET }],
    [{ kind: 'none' }, {}],
  ])('shows the key as the provider wants it: %j', async (auth, headers) => {
    answer = ok;
    await clientOf().post(targetOf(`http://127.0.0.1:${port}`, { auth }), REQUEST, options());
    const { authorization, 'x-api-key': apiKey } = seen[0]?.headers ?? {};
    expect({
      ...(authorization && { authorization }),
      ...(apiKey && { 'x-api-key': apiKey }),
    }).toEqual(headers);
  });

  it('the key goes before what a request or a provider says in its place', async () => {
    answer = ok;
    const target = targetOf(`http://127.0.0.1:${port}`, {
      headers: { authorization: 'Bearer other', 'x-version': '1' },
    });
    const headers = { authorization: 'Bearer third', 'x-beta': '2' };
    await clientOf().post(target, { ...REQUEST, headers }, options());
    expect(seen[0]?.headers).toMatchObject({
      authorization: `Bearer ${SECRET}`,
      'x-version': '1',
      'x-beta': '2',
    });
  });

  it('gives every status to the caller, and does not follow redirects', async () => {
    answer = (_request, response) =>
      void response.writeHead(307, { location: `http://127.0.0.1:${port}/elsewhere` }).end();
    const { statusCode, body } = await clientOf().post(local(), REQUEST, options());
    await body.dump();
    expect([statusCode, seen.map(({ url }) => url)]).toEqual([307, ['/v1/chat']]);
  });
});

describe('addresses', () => {
  const guarded = { ALLOW_PRIVATE_UPSTREAMS: 'false' };
  const hosts = [
    '127.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '2130706433',
    '0x7f.1',
    '0.0.0.0',
    '[::]',
  ];

  it.each([...hosts, 'localhost', 'localhost.', '10.0.0.1', '169.254.169.254'])(
    'on the inside are refused before anything is sent: %s',
    async (host) => {
      answer = ok;
      const sent = clientOf(guarded).post(targetOf(`http://${host}:${port}`), REQUEST, options());
      await expect(sent).rejects.toMatchObject({
        code: 'upstream_error',
        detail: expect.stringContaining('is not a public address'),
      });
      expect(seen).toEqual([]);
    },
  );

  it('on the inside are allowed where the operator says so, also by name', async () => {
    answer = ok;
    await clientOf().post(targetOf(`http://localhost:${port}`), REQUEST, options());
    expect(seen).toHaveLength(1);
  });

  it('of the sandbox are allowed, to its port alone', async () => {
    answer = ok;
    const client = clientOf({ ...guarded, SANDBOX_BASE_URL: `http://127.0.0.1:${port}/v1` });
    await client.post(local(), REQUEST, options());
    const other = client.post(targetOf(`http://127.0.0.1:${port + 1}`), REQUEST, options());
    await expect(other).rejects.toMatchObject({ detail: expect.stringContaining('not a public') });
    expect(seen).toHaveLength(1);
  });
});

describe('failures', () => {
  it('no answer in time', async () => {
    answer = () => undefined;
    const sent = clientOf().post(local(), REQUEST, options({ headersTimeoutMs: 50 }));
    await expect(sent).rejects.toMatchObject({ code: 'upstream_timeout', status: 504 });
  });

  it('nobody listens', async () => {
    const sent = clientOf().post(targetOf('http://127.0.0.1:1'), REQUEST, options());
    await expect(sent).rejects.toMatchObject({
      code: 'upstream_error',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('the connection is cut before the answer', async () => {
    answer = (request) => request.socket.resetAndDestroy();
    await expect(clientOf().post(local(), REQUEST, options())).rejects.toMatchObject({
      code: 'upstream_error',
    });
  });

  it('what answers does not speak HTTP', async () => {
    const tcp = createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const { port: other } = tcp.address() as AddressInfo;
    await expect(
      clientOf().post(targetOf(`http://127.0.0.1:${other}`), REQUEST, options()),
    ).rejects.toMatchObject({ code: 'upstream_error' });
    await new Promise((resolve) => tcp.close(resolve));
  });

  it('an abort rejects with its own reason, before and after the answer begins', async () => {
    const reason = new Error('the client left');
    answer = () => undefined;
    const early = new AbortController();
    const sent = clientOf().post(local(), REQUEST, options({ signal: early.signal }));
    setTimeout(() => early.abort(reason), 20);
    await expect(sent).rejects.toBe(reason);

    answer = (_request, response) => void response.write('half');
    const late = new AbortController();
    const { body } = await clientOf().post(local(), REQUEST, options({ signal: late.signal }));
    late.abort(reason);
    await expect(body.text()).rejects.toBe(reason);
  });

  it('a detail never holds the key', async () => {
    const sent = clientOf().post(targetOf('http://127.0.0.1:1'), REQUEST, options());
    const error: unknown = await sent.catch((thrown: unknown) => thrown);
    expect(JSON.stringify([error, String(error)])).not.toContain(SECRET);
  });
});
