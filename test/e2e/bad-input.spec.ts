import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { chatBody, expectErrorBody, postChat, type RawAnswer } from '../support/chat-client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { sendRaw, type Pieces, type RawResponse } from '../support/raw-http.js';
import { invalidFields } from './invalid-fields.js';

const MEGABYTE = 1024 * 1024;
const bodyTimeout = 1_500;
const maxBody = 16 * MEGABYTE;

describe.each(['on', 'off'])('bad input, HOT_LANE=%s', (lane) => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway({
      environment: {
        HOT_LANE: lane,
        BODY_TIMEOUT_MS: String(bodyTimeout),
        MAX_BODY_BYTES: String(maxBody),
      },
    });
  });
  afterAll(() => gateway.stop());

  type Answer = Pick<RawAnswer | RawResponse, 'status'> & { readonly text: string };

  /** Status, code and param of an answer that must be an error in the envelope and give nothing away. */
  function refusalIn({ status, text }: Answer): [number, string, string | null] {
    const { code, param } = expectErrorBody(text);
    expect(text).not.toContain(gateway.apiKey.slice(4));
    expect(text).not.toMatch(/node_modules|at \w+ \(/);
    return [status, code, param];
  }

  const post = async (
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<[number, string, string | null]> => refusalIn(await postChat(gateway, body, headers));

  /** A request of bytes, with the head that the pieces of its body ask for. */
  async function raw(
    head: readonly string[],
    body: Pieces,
    target = '/v1/chat/completions',
  ): Promise<RawResponse & { text: string }> {
    const lines = [
      `POST ${target} HTTP/1.1`,
      'host: gateway',
      `authorization: Bearer ${gateway.apiKey}`,
      'content-type: application/json',
      ...head,
    ];
    const response = await sendRaw(
      gateway.url,
      (async function* () {
        yield `${lines.join('\r\n')}\r\n\r\n`;
        yield* body;
      })(),
    );
    return { ...response, text: response.body };
  }

  const text = JSON.stringify(chatBody('Hi'));
  const over = (fields: string): string => text.replace(/}$/, `,${fields}}`);

  describe('names the field', () => {
    it.each(invalidFields)('%s: %j', async (param, fields) => {
      expect(await post({ ...chatBody('Hi'), ...fields })).toEqual([
        400,
        'invalid_parameter',
        param,
      ]);
    });

    it('and takes null for absent where it may be', async () => {
      const fields = { temperature: null, n: null, tools: null, stream_options: null, stop: null };
      expect((await postChat(gateway, chatBody('Hi', fields))).status).toBe(200);
    });

    it.each([
      ['an unknown model', { model: 'gpt-17' }, [404, 'model_not_found', 'model']],
      ['an unknown model of a provider', { model: 'openai/x' }, [404, 'model_not_found', 'model']],
      [
        'a model of nobody we can reach',
        { model: 'openai/gpt-4o' },
        [404, 'no_provider_available', 'model'],
      ],
      ['a model named like a method', { model: 'constructor' }, [404, 'model_not_found', 'model']],
      ['a model of __proto__', { model: '__proto__/x' }, [404, 'model_not_found', 'model']],
    ])('%s', async (_name, fields, expected) => {
      expect(await post({ ...chatBody('Hi'), ...fields })).toEqual(expected);
    });
  });

  describe('is no JSON', () => {
    it.each([
      ['nothing', ''],
      ['half an object', text.slice(0, -1)],
      ['a trailing comma', text.replace(/}$/, ',}')],
      ['single quotes', "{'model': 'x'}"],
      ['a bare NaN', over('"temperature":NaN')],
      ['two objects', text + text],
      ['an array', `[${text}]`],
      ['a string', '"Hi"'],
      ['null', 'null'],
      ['65 levels', over(`"x":${'['.repeat(65)}${']'.repeat(65)}`)],
      ['a million levels', over(`"x":${'['.repeat(1_000_000)}`)],
    ])('%s', async (_name, body) => {
      expect(await post(body)).toEqual([400, 'invalid_json', null]);
    });

    it('bytes that are not UTF-8', async () => {
      const body = Buffer.concat([
        Buffer.from(text.slice(0, -4)),
        Buffer.of(0xff),
        Buffer.from('"}]}'),
      ]);
      const answer = await raw([`content-length: ${body.length}`, 'connection: close'], [body]);
      expect(refusalIn(answer)).toEqual([400, 'invalid_json', null]);
    });

    it('a surrogate in UTF-8', async () => {
      const body = Buffer.from(text.replace('Hi', '@@@'));
      body.set([0xed, 0xa0, 0x80], body.indexOf('@@@'));
      const answer = await raw([`content-length: ${body.length}`, 'connection: close'], [body]);
      expect(refusalIn(answer)).toEqual([400, 'invalid_json', null]);
    });

    it('but a byte order mark is passed over, and 60 levels are not too many', async () => {
      expect((await postChat(gateway, `\uFEFF${text}`)).status).toBe(200);
      const deep = over(`"x":${'['.repeat(60)}${']'.repeat(60)}`);
      expect((await postChat(gateway, deep)).status).toBe(200);
    });
  });

  describe('hides something', () => {
    it.each([
      ['__proto__', '"__proto__":{"stream":true}', '__proto__'],
      ['__proto__ in escapes', '"\\u005f_pr\\u006fto__":{"stream":true}', '__proto__'],
      [
        '__proto__ further down',
        '"tools":[{"a":{"__proto__":{"polluted":1}}}]',
        'tools[0].a.__proto__',
      ],
      ['half a surrogate pair', '"user":"\\ud83d"', 'user'],
      ['the other half', '"metadata":{"a":"x\\udc4dy"}', 'metadata.a'],
    ])('%s', async (_name, fields, param) => {
      expect(await post(over(fields))).toEqual([400, 'invalid_parameter', param]);
    });

    it('half a surrogate pair in a name', async () => {
      const [status, code] = await post(over('"x\\ud83d":1'));
      expect([status, code]).toEqual([400, 'invalid_parameter']);
    });

    it('and what only looks like it passes, and changes nothing', async () => {
      const harmless = over(
        '"user":"__proto__","x":{"constructor":{"prototype":{"stream":true}},"toString":1},"hasOwnProperty":1',
      );
      const answer = await postChat(gateway, harmless);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        200,
        'application/json; charset=utf-8',
      ]);
      const pair = await postChat(gateway, over('"user":"\\ud83d\\udc4d"'));
      expect(pair.status).toBe(200);
    });

    it('a field given twice: the last one counts', async () => {
      expect(await post(over('"temperature":1,"temperature":5'))).toEqual([
        400,
        'invalid_parameter',
        'temperature',
      ]);
    });

    it.each([
      ['1e400', 400],
      ['9007199254740991', 402],
      ['1e15', 402],
      ['-1e400', 400],
      ['123456789012345678901234567890', 400],
    ])('max_tokens of %s', async (value, expected) => {
      const [status] = await post(over(`"max_tokens":${value}`));
      expect(status).toBe(expected);
    });

    it('a million fields', async () => {
      const fields = Array.from({ length: 1_000_000 }, (_, at) => `"k${at}":0`).join(',');
      expect(await post(over(fields))).toEqual([400, 'invalid_json', null]);
    });
  });

  describe('is not allowed in', () => {
    const key = (apiKey: string): Promise<RawAnswer> =>
      postChat({ url: gateway.url, apiKey }, chatBody('Hi'));
    const closed = [401, 'invalid_api_key', null];

    it('without a key', async () => {
      const response = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: text,
      });
      expect(refusalIn({ status: response.status, text: await response.text() })).toEqual(closed);
    });

    it('with a key of nobody, of a wrong form or in the wrong place', async () => {
      expect(refusalIn(await key(gateway.apiKey.replace(/.{6}$/, '000000')))).toEqual(closed);
      expect(refusalIn(await key('osm_short'))).toEqual(closed);
      expect(refusalIn(await key('sk-1234567890'))).toEqual(closed);
      expect(refusalIn(await key(`${gateway.apiKey}x`))).toEqual(closed);
      const response = await fetch(
        `${gateway.url}/v1/chat/completions?api_key=${gateway.apiKey}&key=${gateway.apiKey}`,
        { method: 'POST', headers: { 'content-type': 'application/json' }, body: text },
      );
      expect(refusalIn({ status: response.status, text: await response.text() })).toEqual(closed);
    });

    it.each(['x-api-key', 'api-key'])('but with a key in %s', async (name) => {
      const response = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', [name]: gateway.apiKey },
        body: text,
      });
      expect(response.status).toBe(200);
    });

    it('with a wrong key and a body that is still on its way', async () => {
      const answer = await postChat(
        { url: gateway.url, apiKey: 'osm_wrong' },
        `{"x":"${'x'.repeat(12 * MEGABYTE)}"}`,
      );
      expect(refusalIn(answer)).toEqual(closed);
    });
  });

  describe('is too much', () => {
    const block = Buffer.alloc(MEGABYTE, ' ');
    const blocks = function* (count: number): Generator<Uint8Array> {
      for (let sent = 0; sent < count; sent++) yield block;
    };
    const tooLarge = [413, 'request_too_large', null];

    it('by its own content-length', async () => {
      const size = 64 * MEGABYTE;
      expect(refusalIn(await raw([`content-length: ${size}`], blocks(64)))).toEqual(tooLarge);
      expect(await post(`{"x":"${'x'.repeat(maxBody)}"}`)).toEqual(tooLarge);
    });

    it('in chunks, which do not tell', async () => {
      const chunked = async function* (): AsyncGenerator<string | Uint8Array> {
        for (const bytes of blocks(64)) {
          yield `${bytes.length.toString(16)}\r\n`;
          yield bytes;
          yield '\r\n';
        }
      };
      expect(refusalIn(await raw(['transfer-encoding: chunked'], chunked()))).toEqual(tooLarge);
    });

    it('of waiting: a body that never ends', async () => {
      const drip = async function* (): AsyncGenerator<string> {
        for (;;) {
          yield '1\r\n \r\n';
          await sleep(20);
        }
      };
      const begin = performance.now();
      const answer = await raw(['transfer-encoding: chunked'], drip());
      expect(refusalIn(answer)).toEqual([408, 'request_timeout', null]);
      expect(performance.now() - begin).toBeGreaterThan(bodyTimeout - 50);
    });

    it('of waiting: a body that never comes', async () => {
      const answer = await raw(['content-length: 10'], []);
      expect(refusalIn(answer)).toEqual([408, 'request_timeout', null]);
    });
  });

  describe('is of another kind', () => {
    it.each([
      [{ 'content-type': 'text/plain' }],
      [{ 'content-type': 'application/x-www-form-urlencoded' }],
      [{ 'content-type': 'multipart/form-data; boundary=x' }],
      [{ 'content-type': 'application/jsonp' }],
      [{ 'content-type': 'application/json', 'content-encoding': 'gzip' }],
      [{ 'content-type': 'application/json', 'content-encoding': 'br' }],
    ])('%j', async (headers) => {
      expect(await post(text, headers)).toEqual([415, 'unsupported_media_type', null]);
    });

    it('but the case and the parameters of the media type do not matter', async () => {
      const headers = { 'content-type': 'Application/JSON; Charset=UTF-8' };
      expect((await postChat(gateway, text, headers)).status).toBe(200);
    });
  });

  describe('goes astray', () => {
    it.each([
      ['POST', '//v1/chat/completions', 404, 'route_not_found'],
      ['POST', '/v1/chat/completions/x', 404, 'route_not_found'],
      ['POST', '/V1/nothing', 404, 'route_not_found'],
      ['GET', '/', 404, 'route_not_found'],
      ['GET', '/v1/%ff', 404, 'route_not_found'],
      ['GET', '/admin/v1/secrets', 404, 'route_not_found'],
      ['GET', '/__proto__', 404, 'route_not_found'],
      ['GET', '/..%2f..%2fetc%2fpasswd', 404, 'route_not_found'],
      ['GET', '/v1/chat/completions', 405, 'method_not_allowed'],
      ['DELETE', '/v1/chat/completions', 405, 'method_not_allowed'],
      ['PUT', '/v1/models', 405, 'method_not_allowed'],
      ['POST', '/health', 405, 'method_not_allowed'],
    ])('%s %s', async (method, path, status, code) => {
      const lines = [`${method} ${path} HTTP/1.1`, 'host: gateway', 'connection: close'];
      const authorization = `authorization: Bearer ${gateway.apiKey}`;
      const answer = await sendRaw(gateway.url, [
        `${[...lines, authorization, 'content-length: 0'].join('\r\n')}\r\n\r\n`,
      ]);
      expect(refusalIn({ status: answer.status, text: answer.body })).toEqual([status, code, null]);
    });

    it.each(['/v1/models/gpt-17', '/v1/models/%ff', '/v1/models/__proto__'])(
      'GET %s',
      async (path) => {
        const response = await fetch(gateway.url + path, {
          headers: { authorization: `Bearer ${gateway.apiKey}` },
        });
        expect(response.status).toBeGreaterThanOrEqual(400);
        expect(response.status).toBeLessThan(500);
        expectErrorBody(await response.text());
      },
    );
  });

  describe('in headers', () => {
    it.each([
      ['a plain token', 'abc-123:~', 'abc-123:~'],
      ['128 characters', 'x'.repeat(128), 'x'.repeat(128)],
      ['129 characters', 'x'.repeat(129), undefined],
      ['spaces', 'a b', undefined],
      ['other than ASCII', 'caf\u00e9', undefined],
    ])('x-request-id of %s', async (_name, id, echoed) => {
      const { headers } = await raw(
        [`x-request-id: ${id}`, `content-length: ${text.length}`, 'connection: close'],
        [text],
      );
      const own = headers.get('x-osm-request-id');
      expect(own).toMatch(/^tx_osm_/);
      expect(headers.get('x-request-id')).toBe(echoed ?? own);
    });

    it('is no way to add a header to the answer', async () => {
      const { status, headers } = await raw(
        ['x-request-id: a\rx-evil: 1', `content-length: ${text.length}`, 'connection: close'],
        [text],
      );
      expect(status).toBeLessThan(500);
      expect(headers.has('x-evil')).toBe(false);
    });

    it('is refused with more than eight tags', async () => {
      const tags = Object.fromEntries(
        Array.from({ length: 9 }, (_, at) => [`x-osm-tag-t${at}`, 'x']),
      );
      expect(await post(text, tags)).toEqual([400, 'invalid_parameter', 'X-Osm-Tag']);
    });
  });

  it('leaves the server as it was, and no secret in its log', async () => {
    const { status } = await postChat(gateway, chatBody('Still there?'));
    expect(status).toBe(200);
    for (const secret of [gateway.apiKey, gateway.adminToken])
      expect(gateway.logs()).not.toContain(secret.slice(-20));
    expect(gateway.logs()).not.toContain('internal_error');
  });
});
