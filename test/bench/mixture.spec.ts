import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const BODY = { model: 'm', messages: [] };
const KEYS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];
const REFUSED = 'Bearer refused';

interface Mixture {
  readonly parts: Record<
    string,
    { admitted: { count: number }; turnedAway: number; unsent: number }
  >;
}

describe('the load generator with many keys', () => {
  let server: Server;
  let load: ChildProcess;
  /** The `Authorization` of each request, in their order. */
  let asked: string[];

  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      const { authorization = '' } = request.headers;
      asked.push(authorization);
      request.resume().on('end', () => {
        response.statusCode = authorization === REFUSED ? 402 : 200;
        response.end('{}');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    load = fork(path.join(import.meta.dirname, 'load.mjs'));
    await once(load, 'message');
  });
  afterEach(async () => {
    load.kill();
    await once(load, 'exit');
    server.closeAllConnections();
    server.close();
  });

  async function order(kind: string, rest: object): Promise<unknown> {
    load.send({ kind, ...rest });
    const [answer] = (await once(load, 'message')) as [{ failed?: string; result?: unknown }];
    expect(answer.failed).toBeUndefined();
    return answer.result;
  }

  /** Two floods of 21 calls each, a third of which come before the others are counted. */
  async function mix(key: string): Promise<Mixture> {
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const request = `POST / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: 0\r\n\r\n`;
    const parts = [
      { name: 'busy', rate: 70, connections: 50, request },
      { name: 'other', rate: 70, connections: 50 },
    ];
    const times = { warmMs: 100, measureMs: 200 };
    return (await order('mixture', { url, subject: process.pid, parts, ...times })) as Mixture;
  }

  it('asks with all of them in turn, and goes on where it was left', async () => {
    await order('learn', { body: BODY, keys: KEYS, seed: 4 });
    await mix('busy');
    await mix('busy');
    const times = (key: string): number => asked.filter((one) => one === `Bearer ${key}`).length;
    expect([times('busy'), KEYS.map(times)]).toEqual([42, KEYS.map(() => 6)]);
  });

  it('counts those that were turned away all the time, also while it does not measure', async () => {
    await order('learn', { body: BODY, keys: KEYS, seed: 1 });
    const { parts } = await mix('refused');
    expect(parts['busy']).toMatchObject({ turnedAway: 21, unsent: 0, admitted: { count: 0 } });
    expect(parts['other']).toMatchObject({ turnedAway: 0, unsent: 0 });
  });
});

interface Requests {
  next(): Buffer;
}
const seldom = './seldom-requests.mjs';
const { SeldomRequests } = (await import(seldom)) as {
  SeldomRequests: new (body: object, keys: readonly string[], seed: number) => Requests;
};

describe('requests with many keys', () => {
  const asked = (seed: number, count: number): string[] => {
    const requests = new SeldomRequests(BODY, KEYS, seed);
    return Array.from(
      { length: count },
      () => /Bearer (\S+)/.exec(requests.next().toString())?.[1] ?? '',
    );
  };

  it('come in an order that the seed decides, again and again', () => {
    const [first, second] = [asked(1, 14).slice(0, 7), asked(1, 14).slice(7)];
    expect([first, [...first].sort()]).toEqual([second, [...KEYS].sort()]);
    expect(asked(2, 7)).not.toEqual(first);
  });
});
