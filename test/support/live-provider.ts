import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that a test answers itself, step by step. */
export interface LiveRequest {
  /** The parsed body. */
  readonly body: ReturnType<typeof JSON.parse>;
  /** Resolves when the connection is closed before the answer was complete. */
  readonly broken: Promise<void>;
  /** Answers with JSON, whole. */
  answer(status: number, body: unknown): void;
  /** Sends chunks of OpenAI's dialect as events; the first ones begin the stream. */
  send(...chunks: readonly object[]): void;
  /** Ends the stream, with `[DONE]`. */
  end(): void;
}

/** A provider of OpenAI's dialect whose every answer is in the hands of the test. */
export interface LiveProvider {
  /** Address for a base URL, without a trailing slash. */
  readonly url: string;
  /** How many requests have come. */
  readonly count: number;
  /** The next request that nobody has taken yet. */
  next(): Promise<LiveRequest>;
  /** From now on all are answered like this, status and body, and none is for `next`; undefined: no longer. */
  always(answer: readonly [status: number, body: unknown] | undefined): void;
  close(): Promise<void>;
}

/** Starts it on a free loopback port. */
export async function startLiveProvider(): Promise<LiveProvider> {
  const waiting: LiveRequest[] = [];
  const takers: ((request: LiveRequest) => void)[] = [];
  let fixed: readonly [number, unknown] | undefined;
  let count = 0;
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      count++;
      const live = liveRequest(Buffer.concat(pieces).toString(), response);
      if (fixed) live.answer(...fixed);
      else (takers.shift() ?? ((one) => waiting.push(one)))(live);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get count() {
      return count;
    },
    next: () => {
      const first = waiting.shift();
      return first ? Promise.resolve(first) : new Promise((resolve) => takers.push(resolve));
    },
    always: (answer) => void (fixed = answer),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function liveRequest(text: string, response: ServerResponse): LiveRequest {
  const body: unknown = JSON.parse(text);
  return {
    body,
    broken: new Promise((resolve) => {
      response.once('close', () => {
        if (!response.writableFinished) resolve();
      });
    }),
    answer: (status, answer) =>
      void response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer)),
    send: (...chunks) => {
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const chunk of chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    },
    end: () => void response.end('data: [DONE]\n\n'),
  };
}

const HEAD = { id: 'gen-1', created: 1, model: 'm-1' };

/** A whole answer of OpenAI's dialect, of 10 tokens in and 2 out. */
export const WHOLE_ANSWER = {
  ...HEAD,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
};

/** A chunk of OpenAI's dialect. */
export function chunkOf(
  delta: object,
  fields: object = {},
  finishReason: string | null = null,
): object {
  return {
    ...HEAD,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finishReason }],
    ...fields,
  };
}
