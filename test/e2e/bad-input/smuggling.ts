import { describe, expect, it } from '@jest/globals';
import { chatBody, postChat } from '../../support/chat-client.js';
import { sendRaw } from '../../support/raw-http.js';
import type { BadCaller } from './bad-caller.js';
import { SMUGGLERS } from './smugglers.js';

let attempts = 0;

/** Requests whose end two readers could see in different places: none of them may carry another one in. */
export function describeSmuggling(caller: () => BadCaller): void {
  describe('hides a request behind another', () => {
    const good = (id: string): string => goodRequest(id, caller().gateway.apiKey);
    const calls = (id: string): number =>
      caller()
        .gateway.sandbox.tally()
        .filter((entry) => entry.id === id).length;

    it.each(SMUGGLERS)('%s', async (_name, build) => {
      const id = `smuggled-${++attempts}`;
      const authorization = `Authorization: Bearer ${caller().gateway.apiKey}`;
      const bytes = build(authorization) + good(id);
      const { status, body } = await sendRaw(caller().gateway.url, [Buffer.from(bytes, 'latin1')]);
      expect([400, 413, 431]).toContain(status);
      expect(body).not.toContain('HTTP/1.1 ');
      // Whatever came before this one has reached the sandbox by now.
      expect((await postChat(caller().gateway, chatBody('Hi'))).status).toBe(200);
      expect(calls(id)).toBe(0);
    });

    it('which is seen where nothing is wrong with the first', async () => {
      const [first, second] = [`open-${++attempts}`, `open-${++attempts}`];
      const last = 'GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
      const { body } = await sendRaw(caller().gateway.url, [good(first) + good(second) + last]);
      expect(body.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
      expect([calls(first), calls(second)]).toEqual([1, 1]);
    });

    it('and a header with an underscore is no other header', async () => {
      const request = [
        'POST /v1/chat/completions HTTP/1.1',
        'Host: gateway',
        `x_api_key: ${caller().gateway.apiKey}`,
        'transfer_encoding: chunked',
        'content_length: 1000',
        'Content-Length: 2',
        'Connection: close',
        '',
        '{}',
      ].join('\r\n');
      const { status, body } = await sendRaw(caller().gateway.url, [request]);
      expect(caller().refusalIn({ status, text: body })).toEqual([401, 'invalid_api_key', null]);
    });
  });
}

/** A good request, as a client would send it. */
function goodRequest(id: string, apiKey: string): string {
  const body = JSON.stringify(chatBody(`[[id=${id}]]`));
  const head = [
    'POST /v1/chat/completions HTTP/1.1',
    'Host: gateway',
    `Authorization: Bearer ${apiKey}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
