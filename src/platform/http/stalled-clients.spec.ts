import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StalledClients } from './stalled-clients.adapter.js';

/** More than the buffers of any operating system take between two sockets. */
const much = Buffer.alloc(64 * 1024 * 1024);
const limit = 30_000;

let server: Server;
let near: Socket;
let client: Socket;
let stalled: StalledClients;

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  [near] = (await once(server, 'connection')) as [Socket];
  stalled = new StalledClients(new Set([near]), limit);
});
afterEach(() => {
  client.destroy();
  near.destroy();
  server.close();
});

/** Resolves when the client has read so much more. */
async function read(bytes: number): Promise<void> {
  let missing = bytes;
  while (missing > 0) {
    const piece = client.read() as Buffer | null;
    if (piece) missing -= piece.length;
    else await once(client, 'readable');
  }
}

describe('a connection whose client does not read', () => {
  it('is cut when no byte has left for so long', () => {
    near.write(much);
    stalled.look(0);
    stalled.look(limit - 1);
    expect(near.destroyed).toBe(false);
    stalled.look(limit);
    expect(near.destroyed).toBe(true);
  });

  it('is kept while bytes of one long write leave, and has its time again', async () => {
    near.write(much);
    stalled.look(0);
    await read(much.length / 2);
    stalled.look(limit);
    expect([near.destroyed, near.writableLength]).toEqual([false, much.length]);
  });

  it('has its time from when it falls behind, however long it was quiet before', async () => {
    near.write('a');
    await read(1);
    stalled.look(0);
    near.write(much);
    stalled.look(10 * limit);
    stalled.look(11 * limit - 1);
    expect(near.destroyed).toBe(false);
    stalled.look(11 * limit);
    expect(near.destroyed).toBe(true);
  });
});

describe('a connection on which there is nothing to send', () => {
  it('may be quiet', async () => {
    near.write('a');
    await read(1);
    for (let look = 0; look < 10; look++) stalled.look(look * limit);
    expect(near.destroyed).toBe(false);
  });

  it('may be quiet also after it had fallen behind', async () => {
    near.write(much);
    stalled.look(0);
    await read(much.length);
    if (near.writableLength > 0) await once(near, 'drain');
    for (let look = 1; look < 10; look++) stalled.look(look * limit);
    expect(near.destroyed).toBe(false);
  });
});
