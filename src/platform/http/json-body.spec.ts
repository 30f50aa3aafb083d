import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import {
  createServer,
  request,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { toGatewayError } from '../../core/errors.js';
import { JsonBodyReader, parseJsonObject } from './json-body.adapter.js';
import { writeError } from './write-error.adapter.js';

const LIMITS = { maxBytes: 1_000, timeoutMs: 200 };
const bodies = new JsonBodyReader(LIMITS);
const JSON_TYPE = { 'content-type': 'application/json' };

let server: Server;
let port: number;

beforeAll(async () => {
  server = createServer((incoming, response) => {
    bodies.read(incoming).then(
      (body) => response.end(JSON.stringify(body)),
      (error: unknown) => writeError(response, toGatewayError(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Sends pieces of a body; `end: false` never ends it. Gives the status and the body or code of the answer. */
function post(
  pieces: readonly (string | Buffer)[],
  headers: OutgoingHttpHeaders = JSON_TYPE,
  end = true,
): Promise<[status: number | undefined, result: unknown]> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, method: 'POST', headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => (text += piece.toString()));
      response.on('end', () => {
        const body = JSON.parse(text) as { error?: { code: string } };
        resolve([response.statusCode, body.error?.code ?? body]);
        outgoing.destroy();
      });
    });
    outgoing.on('error', reject);
    for (const piece of pieces) outgoing.write(piece);
    if (end) outgoing.end();
    else outgoing.flushHeaders();
  });
}

describe('a body over HTTP', () => {
  it('comes in one piece or many, cut anywhere', async () => {
    expect(await post(['{"a":"é"}'])).toEqual([200, { a: 'é' }]);
    const bytes = [...Buffer.from('{"a":"🦫"}')].map((byte) => Buffer.of(byte));
    expect(await post(bytes)).toEqual([200, { a: '🦫' }]);
  });

  it.each<[OutgoingHttpHeaders, number]>([
    [{ 'content-type': 'application/json; charset=utf-8' }, 200],
    [{ 'content-type': 'Application/JSON' }, 200],
    [{ ...JSON_TYPE, 'content-encoding': 'identity' }, 200],
    [{ ...JSON_TYPE, 'content-encoding': 'gzip' }, 415],
    [{ 'content-type': 'text/plain' }, 415],
    [{ 'content-type': 'application/jsonp' }, 415],
    [{}, 415],
  ])('is JSON without an encoding: %j → %i', async (headers, status) => {
    expect((await post(['{}'], headers))[0]).toBe(status);
  });

  it('is as large as allowed, and no byte larger', async () => {
    const sized = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`;
    expect((await post([sized(1_000)]))[0]).toBe(200);
    expect(await post([sized(1_001)])).toEqual([413, 'request_too_large']);
    expect((await post([sized(1_000)], { ...JSON_TYPE, 'content-length': 1_000 }))[0]).toBe(200);
    expect(await post([], { ...JSON_TYPE, 'content-length': 1_001 }, false)).toEqual([
      413,
      'request_too_large',
    ]);
  });

  it('that does not end is waited for so long', async () => {
    const begin = performance.now();
    expect(await post(['{"a":'], JSON_TYPE, false)).toEqual([408, 'request_timeout']);
    expect(performance.now() - begin).toBeGreaterThan(150);
  });

  it('of a client that left is forgotten', async () => {
    const outgoing = request({ port, method: 'POST', headers: JSON_TYPE, agent: false });
    outgoing.on('error', () => undefined);
    const arrived = once(server, 'request');
    outgoing.write('{"a":');
    const [incoming] = (await arrived) as [IncomingMessage];
    const left = new Promise((resolve) => incoming.socket.once('close', resolve));
    outgoing.destroy();
    await left;
    expect(await post(['{"b":1}'])).toEqual([200, { b: 1 }]);
  });
});

describe('parseJsonObject', () => {
  const refusal = (text: string | Buffer) => {
    try {
      parseJsonObject(Buffer.from(text));
      return undefined;
    } catch (error) {
      const { code, param, message } = toGatewayError(error);
      return [code, param, message];
    }
  };

  it.each([
    '',
    'x',
    '{',
    '{"a":}',
    '{"a":1}}',
    "{'a':1}",
    '{"a":1,}',
    'NaN',
    '{}\u0000',
    '\ufeff{',
  ])('refuses what is no JSON: %j', (text) => {
    expect(refusal(text)?.[0]).toBe('invalid_json');
  });

  it.each(['null', '5', '"a"', 'true', '[]'])('refuses what is no object: %s', (text) => {
    expect(refusal(text)).toEqual([
      'invalid_json',
      null,
      'The request body must be a JSON object.',
    ]);
  });

  it.each([
    Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
    Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
    Buffer.from([0x22, 0xc0, 0xaf, 0x22]),
    Buffer.from([0x22, 0xff, 0x22]),
  ])('refuses what is no UTF-8', (bytes) => {
    expect(refusal(bytes)).toEqual(['invalid_json', null, 'The request body is not valid UTF-8.']);
  });

  it.each([
    ['{"__proto__":{"x":1}}', '__proto__'],
    ['{"a":[{"__proto__":1}]}', 'a[0].__proto__'],
    ['{"\\u005f_proto__":1}', '__proto__'],
    ['{"\\u005F\\u005f\\u0070roto__":1}', '__proto__'],
    ['{"a":{"b":"\\ud83e"}}', 'a.b'],
    ['{"a":["\\uDC00"]}', 'a[0]'],
  ])('refuses what would do harm: %s', (text, param) => {
    expect(refusal(text)?.slice(0, 2)).toEqual(['invalid_parameter', param]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('takes what only looks like it', () => {
    const body = { text: '__proto__ and \\ud800', constructor: 1, pair: '🦫', a: { prototype: 2 } };
    expect(parseJsonObject(Buffer.from(JSON.stringify(body)))).toEqual(body);
    expect(parseJsonObject(Buffer.from('{"a":"\\ud83e\\uddab"}'))).toEqual({ a: '🦫' });
  });

  it('of a field that is there twice the last counts', () => {
    expect(parseJsonObject(Buffer.from('{"a":1,"a":2}'))).toEqual({ a: 2 });
  });
});
