import { expect } from '@jest/globals';
import { chatBody, expectErrorBody, postChat, type RawAnswer } from '../../support/chat-client.js';
import type { TestGateway } from '../../support/gateway.js';
import { sendRaw, type Pieces, type RawResponse } from '../../support/raw-http.js';

export const MEGABYTE = 1024 * 1024;
/** Limits of the gateway that is tested: bytes of a body, and ms that it may take. */
export const MAX_BODY = 16 * MEGABYTE;
export const BODY_TIMEOUT_MS = 1_500;

/** A request that is right. */
export const TEXT = JSON.stringify(chatBody('Hi'));

/** The same with further fields, as JSON. */
export function over(fields: string): string {
  return TEXT.replace(/}$/, `,${fields}}`);
}

type Answer = Pick<RawAnswer | RawResponse, 'status'> & { readonly text: string };
/** Status, code and param of an error. */
export type Refusal = [number, string, string | null];

/** Sends a gateway what it must refuse. */
export class BadCaller {
  constructor(readonly gateway: TestGateway) {}

  /** What an answer refuses, which must be an error in the envelope and give nothing away. */
  refusalIn({ status, text }: Answer): Refusal {
    const { code, param } = expectErrorBody(text);
    expect(text).not.toContain(this.gateway.apiKey.slice(4));
    expect(text).not.toMatch(/node_modules|at \w+ \(/);
    return [status, code, param];
  }

  async post(body: unknown, headers: Record<string, string> = {}): Promise<Refusal> {
    return this.refusalIn(await postChat(this.gateway, body, headers));
  }

  /** A request of bytes, with the head that the pieces of its body ask for. */
  async raw(
    head: readonly string[],
    body: Pieces,
    target = '/v1/chat/completions',
  ): Promise<RawResponse & { text: string }> {
    const lines = [
      `POST ${target} HTTP/1.1`,
      'host: gateway',
      `authorization: Bearer ${this.gateway.apiKey}`,
      'content-type: application/json',
      ...head,
    ];
    const response = await sendRaw(
      this.gateway.url,
      (async function* () {
        yield `${lines.join('\r\n')}\r\n\r\n`;
        yield* body;
      })(),
    );
    return { ...response, text: response.body };
  }
}
