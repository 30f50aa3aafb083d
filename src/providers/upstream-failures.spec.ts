import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import {
  ok,
  ProviderServer,
  REQUEST,
  SECRET,
  send,
  targetOf,
} from '../../test/support/provider-server.js';

const provider = new ProviderServer();
beforeAll(() => provider.start());
afterEach(() => provider.forget());
afterAll(() => provider.stop());

describe('failures', () => {
  it('no answer in time', async () => {
    provider.answer = () => undefined;
    const { error } = await send(provider.clientOf(), provider.local(), REQUEST, 50).told;
    expect(error).toMatchObject({ code: 'upstream_timeout', status: 504 });
  });

  it('nobody listens', async () => {
    const { error } = await send(provider.clientOf(), targetOf('http://127.0.0.1:1')).told;
    expect(error).toMatchObject({
      code: 'upstream_error',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
    expect(JSON.stringify([error, String(error)])).not.toContain(SECRET);
  });

  it('the connection is cut before the answer, or in the middle of it', async () => {
    provider.answer = (request) => request.socket.resetAndDestroy();
    const before = await send(provider.clientOf(), provider.local()).told;
    expect(before.error).toMatchObject({ code: 'upstream_error' });
    provider.answer = (request, response) =>
      void response.write('half', () => request.socket.resetAndDestroy());
    const within = await send(provider.clientOf(), provider.local()).told;
    expect(within).toMatchObject({ statusCode: 200, error: { code: 'upstream_error' } });
  });

  it('what answers does not speak HTTP', async () => {
    const tcp = createTcpServer((socket) => socket.resume().end('SSH-2.0-OpenSSH\r\n'));
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const { port: other } = tcp.address() as AddressInfo;
    const { error } = await send(provider.clientOf(), targetOf(`http://127.0.0.1:${other}`)).told;
    expect(error).toMatchObject({ code: 'upstream_error' });
    await new Promise((resolve) => tcp.close(resolve));
  });
});

describe('an abort', () => {
  const reason = new Error('the client left');

  it('before the connection, before the answer and within it: tells its own reason, once', async () => {
    const client = provider.clientOf();
    provider.answer = () => undefined;
    const early = send(client, provider.local());
    early.exchange.abort(reason);
    expect((await early.told).error).toBe(reason);

    provider.answer = (_request, response) => void response.write('half');
    const within = send(client, provider.local());
    expect(await within.firstPiece).toBe('half');
    within.exchange.abort(reason);
    within.exchange.abort(new Error('again'));
    expect(await within.told).toEqual({ statusCode: 200, body: 'half', error: reason });
    provider.answer = ok;
    expect((await send(client, provider.local()).told).body).toBe('{}');
    expect([...early.late, ...within.late]).toEqual([]);
  });

  it('ends the connection, so that the provider stops', async () => {
    const closed = new Promise<void>((resolve) => {
      provider.answer = (request, response) => {
        request.socket.once('close', () => resolve());
        response.write('half');
      };
    });
    const { exchange, firstPiece } = send(provider.clientOf(), provider.local());
    await firstPiece;
    exchange.abort(reason);
    await closed;
    expect(provider.seen).toHaveLength(1);
  });

  it('after the end is nothing', async () => {
    provider.answer = ok;
    const { exchange, told, late } = send(provider.clientOf(), provider.local());
    await told;
    exchange.abort(reason);
    expect(late).toEqual([]);
  });
});

describe('a receiver that is full', () => {
  it('gets no more until it resumes, and the provider is slowed down', async () => {
    const piece = Buffer.alloc(64 * 1024, 'x');
    const total = 200;
    /** Of each answer, in the order in which they began. */
    const written: number[] = [];
    provider.answer = (_request, response) => {
      const answer = written.push(0) - 1;
      const more = (): void => {
        while ((written[answer] ?? total) < total) {
          written[answer] = (written[answer] ?? 0) + 1;
          if (!response.write(piece)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    };
    const client = provider.clientOf();
    const held = send(client, provider.local());
    await held.firstPiece;
    held.exchange.pause();
    const received = held.received();
    // Meanwhile another receiver takes as much.
    expect((await send(client, provider.local()).told).body).toHaveLength(total * piece.length);
    // What was read already may still come, one piece at most.
    expect(held.received()).toBeLessThanOrEqual(received + piece.length);
    expect(written).toEqual([expect.any(Number), total]);
    expect(written[0]).toBeLessThan(total);
    held.exchange.resume();
    expect((await held.told).body).toHaveLength(total * piece.length);
  });
});
