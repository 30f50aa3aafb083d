import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** What the server answers. */
export interface PlayedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body; every element is written to the socket on its own. */
  readonly pieces: readonly Uint8Array[];
}

/** What the server was asked. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query below the prefix. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface ReplayServer {
  /** Address of the server, without a trailing slash. */
  readonly url: string;
  /** From now on requests below `/<prefix>` get this answer; forgets what was received there before. */
  play(prefix: string, answer: PlayedAnswer): void;
  /** The requests below `/<prefix>` since its last `play`. */
  received(prefix: string): readonly ReceivedRequest[];
  close(): Promise<void>;
}

interface Scene {
  readonly answer: PlayedAnswer;
  readonly received: ReceivedRequest[];
}

/** Starts an HTTP server on a free loopback port that plays recorded answers byte for byte. */
export async function startReplayServer(): Promise<ReplayServer> {
  const scenes = new Map<string, Scene>();
  const server = createServer((request, response) => {
    serve(scenes, request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    play: (prefix, answer) => void scenes.set(prefix, { answer, received: [] }),
    received: (prefix) => scenes.get(prefix)?.received ?? [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  scenes: Map<string, Scene>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, prefix = '', rest = ''] = /^\/([^/?]*)(.*)$/.exec(request.url ?? '') ?? [];
  const scene = scenes.get(prefix);
  const body = await bodyOf(request);
  if (!scene) {
    response
      .writeHead(418, { 'content-type': 'text/plain' })
      .end(`nothing is played at /${prefix}`);
    return;
  }
  scene.received.push({ method: request.method ?? '', path: rest, headers: request.headers, body });
  await send(response, scene.answer);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function send(response: ServerResponse, answer: PlayedAnswer): Promise<void> {
  response.socket?.setNoDelay(true);
  response.writeHead(answer.status, { ...answer.headers });
  for (const piece of answer.pieces) {
    if (response.destroyed) return;
    response.write(piece);
    await nextTurn();
  }
  response.end();
}
