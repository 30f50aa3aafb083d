import { describe, expect, it } from '@jest/globals';
import { postChat } from '../../support/chat-client.js';
import { over, TEXT, type BadCaller } from './bad-caller.js';

/** Bodies that are no JSON, or hide something in it. */
export function describeBodies(caller: () => BadCaller): void {
  describeBroken(caller);
  describeHidden(caller);
  describeExcessive(caller);
}

function describeBroken(caller: () => BadCaller): void {
  describe('is no JSON', () => {
    it.each([
      ['nothing', ''],
      ['half an object', TEXT.slice(0, -1)],
      ['a trailing comma', TEXT.replace(/}$/, ',}')],
      ['single quotes', "{'model': 'x'}"],
      ['a bare NaN', over('"temperature":NaN')],
      ['two objects', TEXT + TEXT],
      ['an array', `[${TEXT}]`],
      ['a string', '"Hi"'],
      ['null', 'null'],
      ['65 levels', over(`"x":${'['.repeat(65)}${']'.repeat(65)}`)],
      ['a million levels', over(`"x":${'['.repeat(1_000_000)}`)],
    ])('%s', async (_name, body) => {
      expect(await caller().post(body)).toEqual([400, 'invalid_json', null]);
    });

    it('bytes that are not UTF-8', async () => {
      const body = Buffer.concat([
        Buffer.from(TEXT.slice(0, -4)),
        Buffer.of(0xff),
        Buffer.from('"}]}'),
      ]);
      const answer = await caller().raw(
        [`content-length: ${body.length}`, 'connection: close'],
        [body],
      );
      expect(caller().refusalIn(answer)).toEqual([400, 'invalid_json', null]);
    });

    it('a surrogate in UTF-8', async () => {
      const body = Buffer.from(TEXT.replace('Hi', '@@@'));
      body.set([0xed, 0xa0, 0x80], body.indexOf('@@@'));
      const answer = await caller().raw(
        [`content-length: ${body.length}`, 'connection: close'],
        [body],
      );
      expect(caller().refusalIn(answer)).toEqual([400, 'invalid_json', null]);
    });

    it('but a byte order mark is passed over, and 60 levels are not too many', async () => {
      expect((await postChat(caller().gateway, `\uFEFF${TEXT}`)).status).toBe(200);
      const deep = over(`"x":${'['.repeat(60)}${']'.repeat(60)}`);
      expect((await postChat(caller().gateway, deep)).status).toBe(200);
    });
  });
}

function describeHidden(caller: () => BadCaller): void {
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
      expect(await caller().post(over(fields))).toEqual([400, 'invalid_parameter', param]);
    });

    it('half a surrogate pair in a name', async () => {
      const [status, code] = await caller().post(over('"x\\ud83d":1'));
      expect([status, code]).toEqual([400, 'invalid_parameter']);
    });

    it('and what only looks like it passes, and changes nothing', async () => {
      const harmless = over(
        '"user":"__proto__","x":{"constructor":{"prototype":{"stream":true}},"toString":1},"hasOwnProperty":1',
      );
      const answer = await postChat(caller().gateway, harmless);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        200,
        'application/json; charset=utf-8',
      ]);
      const pair = await postChat(caller().gateway, over('"user":"\\ud83d\\udc4d"'));
      expect(pair.status).toBe(200);
    });
  });
}

function describeExcessive(caller: () => BadCaller): void {
  describe('says more than it should', () => {
    it('a field given twice: the last one counts', async () => {
      expect(await caller().post(over('"temperature":1,"temperature":5'))).toEqual([
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
      const [status] = await caller().post(over(`"max_tokens":${value}`));
      expect(status).toBe(expected);
    });

    it('a million fields', async () => {
      const fields = Array.from({ length: 1_000_000 }, (_, at) => `"k${at}":0`).join(',');
      expect(await caller().post(over(fields))).toEqual([400, 'invalid_json', null]);
    });
  });
}
