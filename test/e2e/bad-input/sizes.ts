import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { postChat } from '../../support/chat-client.js';
import { BODY_TIMEOUT_MS, MAX_BODY, MEGABYTE, TEXT, type BadCaller } from './bad-caller.js';

/** Bodies that are too much, or of another kind. */
export function describeSizes(caller: () => BadCaller): void {
  describeTooMuch(caller);
  describeOtherKinds(caller);
}

function describeTooMuch(caller: () => BadCaller): void {
  describe('is too much', () => {
    const block = Buffer.alloc(MEGABYTE, ' ');
    const blocks = function* (count: number): Generator<Uint8Array> {
      for (let sent = 0; sent < count; sent++) yield block;
    };
    const tooLarge = [413, 'request_too_large', null];

    it('by its own content-length', async () => {
      const size = 64 * MEGABYTE;
      expect(
        caller().refusalIn(await caller().raw([`content-length: ${size}`], blocks(64))),
      ).toEqual(tooLarge);
      expect(await caller().post(`{"x":"${'x'.repeat(MAX_BODY)}"}`)).toEqual(tooLarge);
    });

    it('in chunks, which do not tell', async () => {
      const chunked = async function* (): AsyncGenerator<string | Uint8Array> {
        for (const bytes of blocks(64)) {
          yield `${bytes.length.toString(16)}\r\n`;
          yield bytes;
          yield '\r\n';
        }
      };
      expect(
        caller().refusalIn(await caller().raw(['transfer-encoding: chunked'], chunked())),
      ).toEqual(tooLarge);
    });

    it('of waiting: a body that never ends', async () => {
      const drip = async function* (): AsyncGenerator<string> {
        for (;;) {
          yield '1\r\n \r\n';
          await sleep(20);
        }
      };
      const begin = performance.now();
      const answer = await caller().raw(['transfer-encoding: chunked'], drip());
      expect(caller().refusalIn(answer)).toEqual([408, 'request_timeout', null]);
      expect(performance.now() - begin).toBeGreaterThan(BODY_TIMEOUT_MS - 50);
    });

    it('of waiting: a body that never comes', async () => {
      const answer = await caller().raw(['content-length: 10'], []);
      expect(caller().refusalIn(answer)).toEqual([408, 'request_timeout', null]);
    });
  });
}

function describeOtherKinds(caller: () => BadCaller): void {
  describe('is of another kind', () => {
    it.each([
      [{ 'content-type': 'text/plain' }],
      [{ 'content-type': 'application/x-www-form-urlencoded' }],
      [{ 'content-type': 'multipart/form-data; boundary=x' }],
      [{ 'content-type': 'application/jsonp' }],
      [{ 'content-type': 'application/json', 'content-encoding': 'gzip' }],
      [{ 'content-type': 'application/json', 'content-encoding': 'br' }],
    ])('%j', async (headers) => {
      expect(await caller().post(TEXT, headers)).toEqual([415, 'unsupported_media_type', null]);
    });

    it('but the case and the parameters of the media type do not matter', async () => {
      const headers = { 'content-type': 'Application/JSON; Charset=UTF-8' };
      expect((await postChat(caller().gateway, TEXT, headers)).status).toBe(200);
    });
  });
}
