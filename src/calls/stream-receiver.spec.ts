import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { makePlan } from '../../test/support/plan.js';
import { Environment } from '../platform/env.js';
import type { TargetHealthService } from '../providers/index.js';
import { CallSignal } from './call-signal.js';
import type { ClientDrainsService } from './client-drains.service.js';
import { StreamReceiver } from './stream-receiver.service.js';

const IDLE_MS = 30;
const PIECE = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: null }] })}\n\n`;

/** Both ends of a connection: what the kernel holds of it outlives a process that stands still. */
let provider: Socket;
let ours: Socket;

beforeEach(async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  ours = connect((server.address() as AddressInfo).port, '127.0.0.1');
  [provider] = await accepted;
  server.close();
});
afterEach(() => {
  ours.destroy();
  provider.destroy();
});

/** A stream over the connection; gives what it was given, and why it was broken off. */
function receive(): { readonly pieces: () => number; readonly broken: Promise<unknown> } {
  const environment = Object.assign(new Environment(), { UPSTREAM_IDLE_TIMEOUT_MS: IDLE_MS });
  let taken = 0;
  const sink = {
    take: () => {
      taken++;
    },
    readOn: () => undefined,
    fail: () => undefined,
  };
  const health = { ended: () => undefined } as object as TargetHealthService;
  const receiver = new StreamReceiver(makePlan(), sink, environment, health);
  const broken = new Promise<unknown>((abort) => {
    const exchange = { abort, pause: () => undefined, resume: () => undefined };
    receiver.attach(exchange, new CallSignal(), {} as ClientDrainsService);
  });
  receiver.onHead({ statusCode: 200, headers: { 'content-type': 'text/event-stream' } });
  ours.on('data', (bytes) => receiver.onData(bytes));
  return { pieces: () => taken, broken };
}

function standStill(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

it('goes on with what came while the process stood still, and has its time again', async () => {
  const { pieces, broken } = receive();
  provider.write(PIECE);
  await once(ours, 'data');
  expect(pieces()).toBe(1);
  // It is on its way before the process stops, and not read when its time is up.
  provider.write(PIECE);
  standStill(2 * IDLE_MS);
  const first = await Promise.race([once(ours, 'data').then(() => 'more'), broken]);
  expect([first, pieces()]).toEqual(['more', 2]);
  expect(await broken).toMatchObject({ code: 'upstream_timeout' });
});

it('is broken off when nothing came for so long', async () => {
  const { broken } = receive();
  provider.write(PIECE);
  expect(await broken).toMatchObject({ code: 'upstream_timeout' });
});
