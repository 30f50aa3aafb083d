import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, constants, createGzip, deflateSync, gzipSync } from 'node:zlib';
import { makeTarget } from '../../test/support/target.js';
import { GatewayError } from '../core/errors.js';
import { Environment } from '../platform/env.js';
import { AccessTokenService } from './credentials/access-token.service.js';
import { MAX_INFLATED_BYTES } from './inflater.adapter.js';
import { UpstreamClient, type UpstreamExchange } from './upstream.client.js';

let answer: (response: ServerResponse) => void;
let server: Server;
let client: UpstreamClient;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => answer(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const environment = Object.assign(new Environment(), { ALLOW_PRIVATE_UPSTREAMS: 'true' });
  client = new UpstreamClient(environment, new AccessTokenService(environment));
});

afterEach(() => server.closeAllConnections());

afterAll(async () => {
  await client.onApplicationShutdown();
  await new Promise((resolve) => server.close(resolve));
});

interface Told {
  readonly body: string;
  readonly error: unknown;
  /** What came after the end. */
  readonly after: readonly string[];
}

function send(onPiece: (piece: string, exchange: UpstreamExchange) => void = () => {}) {
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const made = makeTarget();
  const target = { ...made, baseUrl: origin, credential: { ...made.credential, origin } };
  return new Promise<Told>((resolve) => {
    const pieces: Buffer[] = [];
    const after: string[] = [];
    let isOver = false;
    const note = (what: string): boolean => {
      if (isOver) after.push(what);
      return !isOver;
    };
    const tell = (error: unknown): void => {
      isOver = true;
      const body = Buffer.concat(pieces).toString();
      // What is too much comes now or never.
      setImmediate(() => setImmediate(() => resolve({ body, error, after })));
    };
    const exchange = client.send(
      target,
      { path: '/chat', body: {} },
      {
        onHead: () => note('head'),
        onData: (piece) => {
          if (note('data')) pieces.push(piece);
          onPiece(piece.toString(), exchange);
        },
        onEnd: () => note('end') && tell(undefined),
        onError: (error) => note('error') && tell(error),
      },
      0,
    );
  });
}

function respond(encoding: string, bytes: Buffer): void {
  answer = (response) => response.writeHead(200, { 'content-encoding': encoding }).end(bytes);
}

const TEXT = JSON.stringify({ words: 'Grüße 🦫 '.repeat(2_000) });

describe('an answer that comes compressed, though nobody asked for it', () => {
  it.each([
    ['gzip', gzipSync(TEXT)],
    ['GZIP', gzipSync(TEXT)],
    ['x-gzip', gzipSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['identity', Buffer.from(TEXT)],
    ['', Buffer.from(TEXT)],
  ])('%s is read', async (encoding, bytes) => {
    respond(encoding, bytes);
    expect(await send()).toEqual({ body: TEXT, error: undefined, after: [] });
  });

  it('is handed on as it comes, not at its end', async () => {
    const gzip = createGzip();
    let goOn: (() => void) | undefined;
    answer = (response) => {
      gzip.pipe(response.writeHead(200, { 'content-encoding': 'gzip' }));
      gzip.write('data: 1\n\n');
      gzip.flush(constants.Z_SYNC_FLUSH);
      goOn = () => gzip.end('data: 2\n\n');
    };
    // The second piece is only sent when the first has been seen.
    const told = await send((piece) => {
      if (piece === 'data: 1\n\n') goOn?.();
    });
    expect(told).toEqual({ body: 'data: 1\n\ndata: 2\n\n', error: undefined, after: [] });
  });

  it('can be broken off in the middle', async () => {
    respond('gzip', gzipSync(TEXT));
    const reason = new Error('enough');
    const told = await send((_piece, exchange) => exchange.abort(reason));
    expect([told.error, told.after]).toEqual([reason, []]);
  });
});

describe('an answer that cannot be inflated', () => {
  it.each([
    ['an unknown encoding', 'zstd', Buffer.from('x')],
    ['two layers', 'gzip, gzip', gzipSync(gzipSync('x'))],
    ['a name that every object has', 'constructor', Buffer.from('x')],
    ['no gzip at all', 'gzip', Buffer.from(TEXT)],
    ['one that is cut off', 'gzip', gzipSync(TEXT).subarray(0, 40)],
    ['zeros without an end', 'gzip', gzipSync(Buffer.alloc(MAX_INFLATED_BYTES + 1))],
    ['a thousand times its size', 'br', brotliCompressSync(Buffer.alloc(8 * 1024 * 1024))],
  ])('%s is an error of the provider', async (_what, encoding, bytes) => {
    respond(encoding, bytes);
    const { error, after } = await send();
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ code: 'upstream_error' });
    expect(after).toEqual([]);
  });
});
