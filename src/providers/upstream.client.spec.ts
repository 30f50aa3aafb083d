import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { makeTarget } from '../../test/support/target.js';
import type { AuthStyle, ProviderDefinition } from '../core/provider.js';
import type { Target } from '../core/target.js';
import { Environment } from '../platform/env.js';
import { AccessTokenService } from './credentials/access-token.service.js';
import type { UpstreamRequest } from './protocols/protocol.js';
import { UpstreamClient, type UpstreamExchange, type UpstreamReceiver } from './upstream.client.js';

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
  const environment = Object.assign(new Environment(), settings);
  const client = new UpstreamClient(environment, new AccessTokenService(environment));
  clients.push(client);
  return client;
}

function targetOf(baseUrl: string, provider: Partial<ProviderDefinition> = {}): Target {
  const target = makeTarget({ provider: { auth: { kind: 'bearer' }, ...provider } });
  const { origin } = new URL(baseUrl);
  return { ...target, baseUrl, credential: { ...target.credential, secret: SECRET, origin } };
}

/** What a receiver was told of an exchange. */
interface Told {
  readonly statusCode: number | undefined;
  readonly body: string;
  readonly error: unknown;
}

interface Sending {
  readonly exchange: UpstreamExchange;
  /** Resolves at the end or the error. */
  readonly told: Promise<Told>;
  /** Resolves with the first piece of the body. */
  readonly firstPiece: Promise<string>;
  /** Calls that came after the end. */
  readonly late: string[];
}

function send(
  client: UpstreamClient,
  target: Target,
  request: UpstreamRequest = REQUEST,
  headersTimeoutMs = 0,
): Sending {
  const late: string[] = [];
  let statusCode: number | undefined;
  let body = '';
  let over = false;
  let begin: (piece: string) => void = () => undefined;
  const firstPiece = new Promise<string>((resolve) => (begin = resolve));
  let exchange: UpstreamExchange | undefined;
  const told = new Promise<Told>((resolve) => {
    const note = (what: string) => over && late.push(what);
    const end = (what: string, error: unknown) => {
      note(what);
      over = true;
      resolve({ statusCode, body, error });
    };
    const receiver: UpstreamReceiver = {
      onHead: (head) => {
        note('head');
        ({ statusCode } = head);
      },
      onData: (bytes) => {
        note('data');
        body += bytes.toString();
        begin(bytes.toString());
      },
      onEnd: () => end('end', undefined),
      onError: (error) => end('error', error),
    };
    exchange = client.send(target, request, receiver, headersTimeoutMs);
    // A failure is never told before `send` returns.
    expect(over).toBe(false);
  });
  if (!exchange) throw new Error('nothing was sent');
  return { exchange, told, firstPiece, late };
}

const local = () => targetOf(`http://127.0.0.1:${port}/v1`);
const ok = (_request: IncomingMessage, response: ServerResponse) => void response.end('{}');

describe('a request to a provider', () => {
  it('carries these headers and no others', async () => {
    answer = ok;
    expect(await send(clientOf(), local()).told).toEqual({
      statusCode: 200,
      body: '{}',
      error: undefined,
    });
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
    await send(clientOf(), local(), { ...REQUEST, body: { stream: true } }).told;
    expect(seen[0]?.headers.accept).toBe('text/event-stream');
  });

  it.each<[AuthStyle, Record<string, string>]>([
    [{ kind: 'bearer' }, { authorization: `Bearer ${SECRET}` }],
    [{ kind: 'header', name: 'x-api-key' }, { 'x-api-key': SECRET }],
    [{ kind: 'none' }, {}],
  ])('shows the key as the provider wants it: %j', async (auth, headers) => {
    answer = ok;
    await send(clientOf(), targetOf(`http://127.0.0.1:${port}`, { auth })).told;
    const carriers = Object.entries(seen[0]?.headers ?? {}).filter(([name]) =>
      ['authorization', 'x-api-key'].includes(name),
    );
    expect(Object.fromEntries(carriers)).toEqual(headers);
  });

  it('the key goes before what a request or a provider says in its place', async () => {
    answer = ok;
    const target = targetOf(`http://127.0.0.1:${port}`, {
      headers: { authorization: 'Bearer other', 'x-version': '1' },
    });
    const headers = { authorization: 'Bearer third', 'x-beta': '2' };
    await send(clientOf(), target, { ...REQUEST, headers }).told;
    expect(seen[0]?.headers).toMatchObject({
      authorization: `Bearer ${SECRET}`,
      'x-version': '1',
      'x-beta': '2',
    });
  });

  it('the headers of a credential’s settings go with it', async () => {
    answer = ok;
    const { credential, ...target } = local();
    const withHeaders = { ...credential, headers: { 'x-project': 'p1', authorization: 'other' } };
    await send(clientOf(), { ...target, credential: withHeaders }).told;
    expect(seen[0]?.headers).toMatchObject({
      'x-project': 'p1',
      authorization: `Bearer ${SECRET}`,
    });
  });

  it('gives every status to the caller, and does not follow redirects', async () => {
    answer = (_request, response) =>
      void response.writeHead(307, { location: `http://127.0.0.1:${port}/elsewhere` }).end();
    expect(await send(clientOf(), local()).told).toMatchObject({ statusCode: 307 });
    expect(seen.map(({ url }) => url)).toEqual(['/v1/chat']);
  });

  it('information before the answer is not the answer', async () => {
    answer = (_request, response) => {
      response.writeProcessing();
      response.writeHead(200).end('ok');
    };
    expect(await send(clientOf(), local()).told).toMatchObject({ statusCode: 200, body: 'ok' });
  });
});

describe('addresses', () => {
  const guarded = { ALLOW_PRIVATE_UPSTREAMS: 'false' };
  const hosts = ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '0.0.0.0'];

  it.each([...hosts, '[::]', 'localhost', '10.0.0.1', '169.254.169.254'])(
    'on the inside are refused before anything is sent: %s',
    async (host) => {
      answer = ok;
      const { error } = await send(clientOf(guarded), targetOf(`http://${host}:${port}`)).told;
      expect(error).toMatchObject({
        code: 'upstream_error',
        detail: expect.stringContaining('is not a public address'),
      });
      expect(seen).toEqual([]);
    },
  );

  it('on the inside are allowed where the operator says so, also by name', async () => {
    answer = ok;
    const { error } = await send(clientOf(), targetOf(`http://localhost:${port}`)).told;
    expect([error, seen.length]).toEqual([undefined, 1]);
  });

  it('of the sandbox are allowed, to its port alone', async () => {
    answer = ok;
    const client = clientOf({ ...guarded, SANDBOX_BASE_URL: `http://127.0.0.1:${port}/v1` });
    expect(await send(client, local()).told).toMatchObject({ statusCode: 200 });
    const { error } = await send(client, targetOf(`http://127.0.0.1:${port + 1}`)).told;
    expect(error).toMatchObject({ detail: expect.stringContaining('not a public') });
    expect(seen).toHaveLength(1);
  });
});
