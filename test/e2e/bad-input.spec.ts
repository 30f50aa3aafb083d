import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chatBody, expectErrorBody, postChat, type RawAnswer } from '../support/chat-client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { sendRaw } from '../support/raw-http.js';
import { BadCaller, BODY_TIMEOUT_MS, MAX_BODY, MEGABYTE, TEXT } from './bad-input/bad-caller.js';
import { describeBodies } from './bad-input/bodies.js';
import { describeKeys } from './bad-input/keys.js';
import { describeOrigins } from './bad-input/origins.js';
import { describeSizes } from './bad-input/sizes.js';
import { describeSmuggling } from './bad-input/smuggling.js';
import { describeTraces } from './bad-input/traces.js';
import { invalidFields } from './invalid-fields.js';

describe.each(['on', 'off'])('bad input, HOT_LANE=%s', (lane) => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway({
      environment: {
        HOT_LANE: lane,
        BODY_TIMEOUT_MS: String(BODY_TIMEOUT_MS),
        MAX_BODY_BYTES: String(MAX_BODY),
      },
    });
  });
  afterAll(() => gateway.stop());

  const caller = (): BadCaller => new BadCaller(gateway);

  describe('names the field', () => {
    it.each(invalidFields)('%s: %j', async (param, fields) => {
      expect(await caller().post({ ...chatBody('Hi'), ...fields })).toEqual([
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
      expect(await caller().post({ ...chatBody('Hi'), ...fields })).toEqual(expected);
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
        body: TEXT,
      });
      expect(caller().refusalIn({ status: response.status, text: await response.text() })).toEqual(
        closed,
      );
    });

    it('with a key of nobody, of a wrong form or in the wrong place', async () => {
      expect(caller().refusalIn(await key(gateway.apiKey.replace(/.{6}$/, '000000')))).toEqual(
        closed,
      );
      expect(caller().refusalIn(await key('osm_short'))).toEqual(closed);
      expect(caller().refusalIn(await key('sk-1234567890'))).toEqual(closed);
      expect(caller().refusalIn(await key(`${gateway.apiKey}x`))).toEqual(closed);
      const response = await fetch(
        `${gateway.url}/v1/chat/completions?api_key=${gateway.apiKey}&key=${gateway.apiKey}`,
        { method: 'POST', headers: { 'content-type': 'application/json' }, body: TEXT },
      );
      expect(caller().refusalIn({ status: response.status, text: await response.text() })).toEqual(
        closed,
      );
    });

    it.each(['x-api-key', 'api-key'])('but with a key in %s', async (name) => {
      const response = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', [name]: gateway.apiKey },
        body: TEXT,
      });
      expect(response.status).toBe(200);
    });

    it('with a wrong key and a body that is still on its way', async () => {
      const answer = await postChat(
        { url: gateway.url, apiKey: 'osm_wrong' },
        `{"x":"${'x'.repeat(12 * MEGABYTE)}"}`,
      );
      expect(caller().refusalIn(answer)).toEqual(closed);
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
      expect(caller().refusalIn({ status: answer.status, text: answer.body })).toEqual([
        status,
        code,
        null,
      ]);
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
      const { headers } = await caller().raw(
        [`x-request-id: ${id}`, `content-length: ${TEXT.length}`, 'connection: close'],
        [TEXT],
      );
      const own = headers.get('x-osm-request-id');
      expect(own).toMatch(/^tx_osm_/);
      expect(headers.get('x-request-id')).toBe(echoed ?? own);
    });

    it('is no way to add a header to the answer', async () => {
      const { status, headers } = await caller().raw(
        ['x-request-id: a\rx-evil: 1', `content-length: ${TEXT.length}`, 'connection: close'],
        [TEXT],
      );
      expect(status).toBeLessThan(500);
      expect(headers.has('x-evil')).toBe(false);
    });

    it('is refused with more than eight tags', async () => {
      const tags = Object.fromEntries(
        Array.from({ length: 9 }, (_, at) => [`x-osm-tag-t${at}`, 'x']),
      );
      expect(await caller().post(TEXT, tags)).toEqual([400, 'invalid_parameter', 'X-Osm-Tag']);
    });
  });

  describeBodies(caller);
  describeSizes(caller);
  describeSmuggling(caller);
  describeKeys(caller);
  describeOrigins(caller);
  describeTraces(caller);

  it('leaves the server as it was, and no secret in its log', async () => {
    const { status } = await postChat(gateway, chatBody('Still there?'));
    expect(status).toBe(200);
    for (const secret of [gateway.apiKey, gateway.adminToken])
      expect(gateway.logs()).not.toContain(secret.slice(-20));
    expect(gateway.logs()).not.toContain('internal_error');
  });
});
