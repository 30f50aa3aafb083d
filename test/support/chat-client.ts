import { expect } from '@jest/globals';
import { parseUsd, type PicoUsd } from '../../src/core/money.js';

/** An answer of the gateway as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Where and as whom to ask; a TestGateway is one. */
export interface Caller {
  readonly url: string;
  readonly apiKey: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Body of a chat request to the sandbox's model; `text` may carry directives in double brackets. */
export function chatBody(text: string, fields: Fields = {}): Record<string, unknown> {
  return { model: 'sandbox-small', messages: [{ role: 'user', content: text }], ...fields };
}

/** POST /v1/chat/completions, with a body of text or bytes, or of JSON. */
export async function postChat(
  caller: Caller,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  return rawAnswer(await fetchChat(caller, body, headers));
}

/** The same, with the body still to come. */
export function fetchChat(
  { url, apiKey }: Caller,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  signal: AbortSignal | null = null,
): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: isRaw(body) ? body : JSON.stringify(body),
    signal,
  });
}

function isRaw(body: unknown): body is string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' || ArrayBuffer.isView(body);
}

export async function rawAnswer(response: Response): Promise<RawAnswer> {
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The fields `cost_usd_*` of a JSON text by name, read as the decimals that they are. */
export function costsIn(text: string): ReadonlyMap<string, PicoUsd> {
  const found = text.matchAll(/"(cost_usd_\w+)":([^,}]+)/g);
  return new Map(Array.from(found, ([, name = '', amount = '']) => [name, parseUsd(amount)]));
}

/** Checks that the parts add up to the total, to the last digit, and gives the total. */
export function expectCostsToAddUp(text: string): PicoUsd {
  const costs = costsIn(text);
  const total = costs.get('cost_usd_total') ?? -1n;
  const parts = [...costs].filter(([name]) => name !== 'cost_usd_total');
  expect(parts.length).toBeGreaterThanOrEqual(4);
  expect(parts.reduce((sum, [, amount]) => sum + amount, 0n)).toBe(total);
  return total;
}

export interface StreamText {
  /** What stands behind `data: `, in order, without `[DONE]`. */
  readonly frames: readonly string[];
  /** Whether the last event was `[DONE]`. */
  readonly done: boolean;
  readonly comments: number;
}

/** Takes the text of an event stream apart; fails on a line that is neither an event nor a comment. */
export function readStream(text: string): StreamText {
  const lines = text.split('\n').filter((line) => line !== '');
  expect(lines.filter((line) => !/^(data: |:)/.test(line))).toEqual([]);
  const events = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
  const done = events.at(-1) === '[DONE]';
  return {
    frames: done ? events.slice(0, -1) : events,
    done,
    comments: lines.length - events.length,
  };
}

/** Checks the envelope of an error: all four members, in their types, and nothing beside. */
export function expectErrorBody(text: string): {
  type: string;
  code: string;
  param: string | null;
  message: string;
} {
  const body = JSON.parse(text);
  expect(Object.keys(body)).toEqual(['error']);
  expect(body.error).toEqual({
    message: expect.stringMatching(/\S/),
    type: expect.stringMatching(/^[a-z_]+$/),
    param: body.error.param === null ? null : expect.any(String),
    code: expect.stringMatching(/^[a-z_]+$/),
  });
  return body.error;
}
