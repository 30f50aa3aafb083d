import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startReplayServer, type ReplayServer } from '../../test/support/replay-server.js';
import { makeTarget } from '../../test/support/target.js';
import { startTokenServer, type TokenServer } from '../../test/support/token-server.js';
import { Environment } from '../platform/env.js';
import { AccessTokenService } from './credentials/access-token.service.js';
import {
  UpstreamClient,
  type UpstreamDestination,
  type UpstreamExchange,
} from './upstream.client.js';

let google: TokenServer;
let provider: ReplayServer;
let client: UpstreamClient;

beforeAll(async () => {
  google = await startTokenServer();
  provider = await startReplayServer();
});
afterAll(async () => {
  await google.close();
  await provider.close();
});
beforeEach(() => {
  google.assertions.length = 0;
  google.hold = Promise.resolve();
  provider.play('vertex', { status: 200, headers: {}, pieces: [Buffer.from('{}')] });
  const environment = Object.assign(new Environment(), { ALLOW_PRIVATE_UPSTREAMS: 'true' });
  client = new UpstreamClient(environment, new AccessTokenService(environment));
});
afterEach(() => client.onApplicationShutdown());

function destination(secret: string): UpstreamDestination {
  const baseUrl = `${provider.url}/vertex`;
  const target = makeTarget({ provider: { auth: { kind: 'google' }, baseUrl } });
  return { ...target, credential: { ...target.credential, secret } };
}

/** Asks, and tells how it ended: a status, or what `onError` was given. */
function ask(secret: string, begun: (exchange: UpstreamExchange) => void = () => undefined) {
  return new Promise<unknown>((resolve) => {
    let status = 0;
    const receiver = {
      onHead: (head: { readonly statusCode: number }) => void (status = head.statusCode),
      onData: () => undefined,
      onEnd: () => resolve(status),
      onError: resolve,
    };
    begun(client.send(destination(secret), { path: '/m:call', body: {} }, receiver, 0));
  });
}

const senders = (): unknown[] =>
  provider.received('vertex').map(({ headers }) => headers['authorization']);

describe('a request that needs an access token', () => {
  it('goes out with it once it is there, and the next one at once', async () => {
    expect(await Promise.all([ask(google.key), ask(google.key)])).toEqual([200, 200]);
    expect(await ask(google.key)).toBe(200);
    expect(new Set(senders())).toEqual(new Set(['Bearer ya29.token-1']));
    expect([senders().length, google.assertions.length]).toEqual([3, 1]);
  });

  it('goes out with a secret that is a token', async () => {
    expect(await ask('ya29.ours')).toBe(200);
    expect([senders(), google.assertions]).toEqual([['Bearer ya29.ours'], []]);
  });

  it('fails where there is none, and nothing goes out', async () => {
    expect(await ask('{}')).toMatchObject({ code: 'upstream_auth_failed' });
    expect(senders()).toEqual([]);
  });

  it.each([
    [401, 1],
    [403, 0],
    [200, 0],
  ])('answered with %i: %i times is the token said to be refused', async (status, times) => {
    provider.play('vertex', { status, headers: {}, pieces: [] });
    let refusals = 0;
    const environment = Object.assign(new Environment(), { ALLOW_PRIVATE_UPSTREAMS: 'true' });
    const tokens = new AccessTokenService(environment);
    Object.assign(tokens, { of: () => 'in-hand', refused: () => (refusals += 1) });
    await client.onApplicationShutdown();
    client = new UpstreamClient(environment, tokens);
    expect(await ask(google.key)).toBe(status);
    expect([senders(), refusals]).toEqual([['Bearer in-hand'], times]);
  });

  it('that is broken off while it waits does not go out', async () => {
    let answer = (): void => undefined;
    google.hold = new Promise((resolve) => void (answer = resolve));
    const reason = new Error('the client is gone');
    expect(await ask(google.key, (exchange) => exchange.abort(reason))).toBe(reason);
    const next = ask(google.key);
    answer();
    expect(await next).toBe(200);
    expect(senders()).toEqual(['Bearer ya29.token-1']);
  });

  it('goes to no other origin than its credential is bound to, and no token is asked for', async () => {
    const bound = destination(google.key);
    const credential = { ...bound.credential, origin: 'https://elsewhere.example' };
    const failed = new Promise((resolve) => {
      const receiver = {
        onHead: () => undefined,
        onData: () => undefined,
        onEnd: () => resolve('sent'),
        onError: resolve,
      };
      client.send({ ...bound, credential }, { path: '/m', body: {} }, receiver, 0);
    });
    expect(await failed).toMatchObject({ code: 'internal_error' });
    expect([senders(), google.assertions]).toEqual([[], []]);
  });
});
