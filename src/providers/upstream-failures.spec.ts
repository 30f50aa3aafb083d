import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { makeTarget } from '../../test/support/target.js';
import type { ProviderDefinition } from '../core/provider.js';
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

describe('failures', () => {
  it('no answer in time', async () => {
    answer = () => undefined;
    const { error } = await send(clientOf(), local(), REQUEST, 50).told;
    expect(error).toMatchObject({ code: 'upstream_timeout', status: 504 });
  });

  it('nobody listens', async () => {
    const { error } = await send(clientOf(), targetOf('http://127.0.0.1:1')).told;
    expect(error).toMatchObject({
      code: 'upstream_error',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
    expect(JSON.stringify([error, String(error)])).not.toContain(SECRET);
  });

  it('the connection is cut before the answer, or in the middle of it', async () => {
    answer = (request) => request.socket.resetAndDestroy();
    const before = await send(clientOf(), local()).told;
    expect(before.error).toMatchObject({ code: 'upstream_error' });
    answer = (request, response) =>
      void response.write('half', () => request.socket.resetAndDestroy());
    const within = await send(clientOf(), local()).told;
    expect(within).toMatchObject({ statusCode: 200, error: { code: 'upstream_error' } });
  });

  it('what answers does not speak HTTP', async () => {
    const tcp = createTcpServer((socket) => socket.resume().end('SSH-2.0-OpenSSH\r\n'));
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const { port: other } = tcp.address() as AddressInfo;
    const { error } = await send(clientOf(), targetOf(`http://127.0.0.1:${other}`)).told;
    expect(error).toMatchObject({ code: 'upstream_error' });
    await new Promise((resolve) => tcp.close(resolve));
  });
});

describe('an abort', () => {
  const reason = new Error('the client left');

  it('before the connection, before the answer and within it: tells its own reason, once', async () => {
    answer = () => undefined;
    const early = send(clientOf(), local());
    early.exchange.abort(reason);
    expect((await early.told).error).toBe(reason);

    answer = (_request, response) => void response.write('half');
    const within = send(clientOf(), local());
    expect(await within.firstPiece).toBe('half');
    within.exchange.abort(reason);
    within.exchange.abort(new Error('again'));
    expect(await within.told).toEqual({ statusCode: 200, body: 'half', error: reason });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([...early.late, ...within.late]).toEqual([]);
  });

  it('ends the connection, so that the provider stops', async () => {
    const closed = new Promise<void>((resolve) => {
      answer = (request, response) => {
        request.socket.once('close', () => resolve());
        response.write('half');
      };
    });
    const { exchange, firstPiece } = send(clientOf(), local());
    await firstPiece;
    exchange.abort(reason);
    await closed;
    expect(seen).toHaveLength(1);
  });

  it('after the end is nothing', async () => {
    answer = ok;
    const { exchange, told, late } = send(clientOf(), local());
    await told;
    exchange.abort(reason);
    expect(late).toEqual([]);
  });
});

describe('a receiver that is full', () => {
  it('gets nothing until it resumes, and the provider is slowed down', async () => {
    const piece = Buffer.alloc(64 * 1024, 'x');
    const total = 200;
    let written = 0;
    answer = (_request, response) => {
      const more = (): void => {
        while (written < total) {
          written++;
          if (!response.write(piece)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    };
    const { exchange, firstPiece, told } = send(clientOf(), local());
    await firstPiece;
    exchange.pause();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const heldBack = written;
    expect(heldBack).toBeLessThan(total);
    exchange.resume();
    expect((await told).body).toHaveLength(total * piece.length);
  });
});
