import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeTarget } from '../../test/support/target.js';
import type { Target } from '../core/target.js';
import { Environment } from '../platform/env.js';
import { AccessTokenService } from './credentials/access-token.service.js';
import { UpstreamClient, type UpstreamReceiver } from './upstream.client.js';

const secret = 'canary-77d1';

let server: Server;
let port: number;
let client: UpstreamClient;
const seen: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = [];

beforeAll(async () => {
  server = createServer(({ method, url, headers }, response) => {
    seen.push({ method, url, headers });
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
  const environment = Object.assign(new Environment(), { ALLOW_PRIVATE_UPSTREAMS: 'true' });
  client = new UpstreamClient(environment, new AccessTokenService(environment));
});
afterAll(async () => {
  await client.onApplicationShutdown();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => void (seen.length = 0));

/** A target whose key is bound to `origin`. */
function targetAt(baseUrl: string, origin = new URL(baseUrl).origin): Target {
  const target = makeTarget({ provider: { auth: { kind: 'bearer' } } });
  return { ...target, baseUrl, credential: { ...target.credential, secret, baseUrl, origin } };
}

/** The status of the answer, or the error. */
function outcome(start: (receiver: UpstreamReceiver) => unknown): Promise<unknown> {
  return new Promise((resolve) => {
    let status = 0;
    start({
      onHead: ({ statusCode }) => void (status = statusCode),
      onData: () => undefined,
      onEnd: () => resolve(status),
      onError: resolve,
    });
  });
}

const sent = (target: Target, path: string): Promise<unknown> =>
  outcome((receiver) => client.send(target, { path, body: {} }, receiver, 0));
const got = (target: Target, path: string): Promise<unknown> =>
  outcome((receiver) => client.get(target, path, receiver, 0));

it.each([
  ['another port', () => `http://127.0.0.1:${port + 1}`],
  ['another name of the host', () => `http://localhost:${port}`],
  ['another scheme', () => `https://127.0.0.1:${port}`],
  ['nothing', () => ''],
])('a credential that is bound to %s goes nowhere', async (_, origin) => {
  const target = targetAt(`http://127.0.0.1:${port}/v1`, origin());
  for (const error of [await sent(target, '/chat'), await got(target, '/models')]) {
    expect(error).toMatchObject({
      code: 'internal_error',
      detail: expect.stringContaining(`not to http://127.0.0.1:${port}`),
    });
  }
  expect(seen).toEqual([]);
});

it('the path of a request leads nowhere else', async () => {
  for (const path of [`:${port}/chat`, `.evil.example/chat`, `@127.0.0.1:${port}/chat`])
    expect(await sent(targetAt('http://localhost'), path)).toMatchObject({
      code: 'internal_error',
    });
  expect(seen).toEqual([]);
});

it('a GET carries the key, and neither a body nor its type', async () => {
  expect(await got(targetAt(`http://127.0.0.1:${port}/v1`), '/models')).toBe(200);
  expect(seen).toEqual([
    {
      method: 'GET',
      url: '/v1/models',
      headers: {
        host: `127.0.0.1:${port}`,
        connection: 'keep-alive',
        accept: 'application/json',
        'accept-encoding': 'identity',
        authorization: `Bearer ${secret}`,
      },
    },
  ]);
});
