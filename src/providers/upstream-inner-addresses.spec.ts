import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  attackersDns,
  innerAddresses,
  startTrap,
  type Trap,
} from '../../test/support/inner-addresses.js';
import { makeTarget } from '../../test/support/target.js';
import { Environment } from '../platform/env.js';
import { AccessTokenService } from './credentials/access-token.service.js';
import { UpstreamClient } from './upstream.client.js';

let trap: Trap;
let client: UpstreamClient;
/** Who had come to the trap before the test. */
let before: number;

beforeAll(async () => {
  trap = await startTrap();
  const dns = attackersDns();
  const environment = new Environment();
  client = new UpstreamClient(environment, new AccessTokenService(environment), dns);
  // Whoever looked at the name before has seen an address outside.
  dns('rebinding.example', { all: true }, () => undefined);
});
beforeEach(() => void (before = trap.connects()));
afterAll(async () => {
  await client.onApplicationShutdown();
  await trap.close();
});

/** The error that a request to an address ends with. */
function failureAt(at: UpstreamClient, baseUrl: string): Promise<unknown> {
  const origin = URL.canParse(baseUrl) ? new URL(baseUrl).origin : '';
  const target = makeTarget();
  const credential = { ...target.credential, secret: 'canary-secret', baseUrl, origin };
  return new Promise((resolve) => {
    const receiver = {
      onHead: () => undefined,
      onData: () => undefined,
      onEnd: () => resolve(undefined),
      onError: resolve,
    };
    at.send({ ...target, baseUrl, credential }, { path: '/chat', body: {} }, receiver, 1_000);
  });
}

describe('inner addresses', () => {
  const forms = innerAddresses(0).length;

  it('are looked at in sixty forms and more', () => {
    expect(forms).toBeGreaterThanOrEqual(60);
  });

  it.each(Array.from({ length: forms }, (_, index) => index))(
    'form %i: no connection',
    async (index) => {
      const address = innerAddresses(trap.port)[index] ?? '';
      expect(await failureAt(client, address)).toMatchObject({
        code: expect.stringMatching(/^upstream_error$|^internal_error$/),
      });
      expect(trap.connects()).toBe(before);
    },
  );

  it('a redirect to one is not followed', async () => {
    const server = createServer((_, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${trap.port}/v1` }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const open = Object.assign(new Environment(), { ALLOW_PRIVATE_UPSTREAMS: 'true' });
    const follower = new UpstreamClient(open, new AccessTokenService(open));
    try {
      expect(await failureAt(follower, `http://127.0.0.1:${port}`)).toBeUndefined();
      expect(trap.connects()).toBe(before);
      // The trap is no use if nobody can fall into it.
      await failureAt(follower, `http://localhost:${trap.port}`);
      expect(trap.connects()).toBe(before + 1);
    } finally {
      await follower.onApplicationShutdown();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
