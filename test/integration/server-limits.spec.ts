import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { AppModule } from '../../src/app.module.js';
import { startAdminApi, type AdminApi } from '../support/admin.js';
import { sendRaw } from '../support/raw-http.js';

const bodyTimeout = 7_000;
const connections = 5;

let api: AdminApi;
beforeAll(async () => {
  api = await startAdminApi({
    modules: [AppModule],
    environment: {
      BODY_TIMEOUT_MS: String(bodyTimeout),
      CLIENT_STALL_TIMEOUT_MS: '600',
      MAX_CONNECTIONS: String(connections),
    },
  });
});
afterAll(() => api.close());

function open(): Socket {
  const { hostname, port } = new URL(api.url);
  return connect({ host: hostname, port: Number(port) });
}
const event = (socket: Socket, name: string): Promise<void> =>
  new Promise((resolve) => socket.once(name, () => resolve()));

/** What comes until the connection is gone, in whatever way. */
const received = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let all = '';
    socket.on('error', () => undefined).on('data', (bytes) => (all += bytes.toString()));
    socket.once('close', () => resolve(all));
  });

describe('the server', () => {
  it('has the limits that slow clients meet', () => {
    expect(api.app.getHttpServer()).toMatchObject({
      headersTimeout: 10_000,
      requestTimeout: 2 * bodyTimeout,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: 65_000,
      maxRequestsPerSocket: 1_000,
      maxConnections: connections,
    });
  });

  it('takes 16 KiB of headers', async () => {
    const request = (bytes: number): string =>
      `GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-filler: ${'x'.repeat(bytes)}\r\n\r\n`;
    expect((await sendRaw(api.url, [request(15 * 1024)])).status).toBe(200);
    expect((await sendRaw(api.url, [request(17 * 1024)])).status).toBe(431);
  });

  it('cuts heads that never end, however they trickle in, and answers others meanwhile', async () => {
    const server = api.app.getHttpServer();
    const { headersTimeout } = server;
    server.headersTimeout = 200;
    const slow = Array.from({ length: connections - 1 }, open);
    const answers = slow.map(received);
    for (const socket of slow) socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\nx-slow: ');
    const trickle = setInterval(() => {
      for (const socket of slow) if (socket.writable) socket.write('x');
    }, 20);
    const good = 'GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
    expect((await sendRaw(api.url, [good])).status).toBe(200);
    for (const answer of answers) expect(await answer).toMatch(/^HTTP\/1\.1 408 /);
    clearInterval(trickle);
    server.headersTimeout = headersTimeout;
  });

  it('cuts the connection of a body that nobody reads and that never comes', async () => {
    const server = api.app.getHttpServer();
    const { headersTimeout, requestTimeout } = server;
    // Node takes the shorter one for that of heads.
    Object.assign(server, { headersTimeout: 200, requestTimeout: 200 });
    const socket = open();
    const answer = received(socket);
    socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 200 /);
    Object.assign(server, { headersTimeout, requestTimeout });
  });

  it('closes the connections that are too many, and takes others when there is room', async () => {
    const held = Array.from({ length: connections }, open);
    await Promise.all(held.map((socket) => event(socket, 'connect')));
    const tooMany = open();
    await event(tooMany, 'close');
    const [first] = held;
    if (first) {
      const gone = event(first, 'close');
      first.end('GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
      first.resume();
      await gone;
    }
    const request = 'GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
    expect((await sendRaw(api.url, [request])).status).toBe(200);
    for (const socket of held) socket.destroy();
  });

  it('cuts the connection of a client that asks for more than it reads', async () => {
    const accepted = once(api.app.getHttpServer(), 'connection');
    const client = open().pause();
    const [socket] = (await accepted) as [Socket];
    const cut = once(socket, 'close');
    client.on('error', () => undefined);
    client.write('GET /docs/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(200));
    const [broke] = (await cut) as [boolean];
    expect(broke).toBe(false);
    client.destroy();
  });
});
