import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the provider says to a key. */
export type KeyVerdict = 'good' | 'limited' | 'broken';

/** A provider of OpenAI's dialect that knows keys and repeats bad ones in its complaints. */
export interface KeyProvider {
  /** Address for `base_url`, without a trailing slash. */
  readonly url: string;
  /** Keys that it knows; every other one is refused. */
  readonly keys: Map<string, KeyVerdict>;
  /** `<method> <path> <key>` of every request, in order. */
  readonly asked: string[];
  /** Who may list models. `nobody`: there is no such path. */
  listing: 'keys' | 'everybody' | 'nobody';
  close(): Promise<void>;
}

/** Starts it on a free loopback port. Its answers name the key that they were made for. */
export async function startKeyProvider(): Promise<KeyProvider> {
  const keys = new Map<string, KeyVerdict>();
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(provider, request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const provider: KeyProvider = {
    url: `http://127.0.0.1:${port}/v1`,
    keys,
    asked: [],
    listing: 'keys',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return provider;
}

function answer(provider: KeyProvider, request: IncomingMessage, response: ServerResponse): void {
  const { method = '', url = '', headers } = request;
  const key = /^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  provider.asked.push(`${method} ${url} ${key}`);
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const complain = (status: number, message: string): void => send(status, { error: { message } });
  const isList = method === 'GET' && url === '/v1/models';
  if (url === '/v1/prices.json') return send(200, PRICES);
  if (isList && provider.listing === 'nobody') return complain(404, 'There is no such path.');
  if (isList && provider.listing === 'everybody') return send(200, LIST);
  switch (provider.keys.get(key)) {
    case undefined:
      return complain(401, `Incorrect API key provided: ${key} (${base64(key)}).`);
    case 'limited':
      return complain(429, `Too many requests with ${key}.`);
    case 'broken':
      return complain(500, `Something broke for ${key}.`);
    case 'good':
      if (isList) return send(200, LIST);
      return url === '/v1/chat/completions' ? send(200, completion(key)) : complain(404, 'No.');
  }
}

/** A source of prices, in the form of models.dev. */
const PRICES = { openai: { models: { 'gpt-4o': { cost: { input: 1 } } } } };
const LIST = { object: 'list', data: [] };

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Its content is the end of the key. */
function completion(key: string): object {
  return {
    id: 'gen-1',
    object: 'chat.completion',
    created: 1,
    model: 'm-1',
    choices: [
      { index: 0, message: { role: 'assistant', content: key.slice(-4) }, finish_reason: 'stop' },
    ],
    usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
  };
}
