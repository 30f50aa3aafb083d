import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveCall, type Clock } from './exchange.js';
import { Generations } from './generation.js';
import { routeOf, type Route } from './routes.js';
import { serveSearch } from './search-answer.js';
import { Tally, type TallyEntry } from './tally.js';

export type { TallyEntry } from './tally.js';

export interface Sandbox {
  /** `http://127.0.0.1:port`, without a trailing slash. */
  readonly url: string;
  tally(): TallyEntry[];
  /** Resolves with a copy of the first call, past or future, that fits. */
  waitFor(predicate: (entry: TallyEntry) => boolean): Promise<TallyEntry>;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 128 * 1024 * 1024;
const KEEP_ALIVE_MS = 120_000;
const MAX_WAIT_MS = 60_000;
const MODELS = ['sandbox', 'sandbox-fast', 'sandbox-embedding'];

const CLOCK: Clock = { epoch: () => Date.now(), monotonic: () => performance.now() };

/** Starts the sandbox on the loopback interface; port 0 or none takes a free one. */
export async function startSandbox(options: { port?: number } = {}): Promise<Sandbox> {
  const service = new Service();
  const server = createServer((request, response) => service.receive(request, response));
  // Longer than any client keeps an idle connection: the sandbox must never be the one to close.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = 0;
  await listening(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tally: () => service.tally.list(),
    waitFor: (predicate) => service.tally.waitFor(predicate).entry,
    close: () => closed(server),
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

class Service {
  readonly tally = new Tally();
  private readonly generations = new Generations(this.tally);
  private sequence = 0;

  receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      // Too much is read to the end and thrown away, so that the client gets to see the answer.
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('end', () => {
      const body = size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString();
      this.dispatch(request, response, body).catch((error: unknown) => {
        process.stderr.write(`sandbox: ${String(error)}\n`);
        response.destroy();
      });
    });
    request.on('error', () => response.destroy());
  }

  private async dispatch(
    request: IncomingMessage,
    response: ServerResponse,
    body: string | undefined,
  ): Promise<void> {
    const [path = '/', search = ''] = (request.url ?? '/').split('?', 2);
    const query = new URLSearchParams(search);
    const route = routeOf(request.method ?? 'GET', path, query);
    if (route.kind === 'call') {
      this.sequence += 1;
      const { sequence, tally } = this;
      const queryKey = query.get('key');
      const arrival = { request, response, body, queryKey, sequence, clock: CLOCK, tally };
      return serveCall(route.dialect, route.target, arrival);
    }
    if (route.kind === 'search') {
      this.sequence += 1;
      const arrival = { sequence: this.sequence, startedAt: CLOCK.epoch(), tally: this.tally };
      return serveSearch(response, body ?? '', arrival);
    }
    if (route.kind === 'tally') return this.showTally(response, query);
    if (route.kind === 'generation') {
      return this.generations.serve(response, query.get('id') ?? '');
    }
    this.change(route.kind);
    const status = route.kind === 'unknown' ? 404 : 200;
    sendJson(response, status, plainAnswer(route.kind, path));
  }

  private change(kind: PlainKind): void {
    if (kind === 'clear') this.tally.clear();
    if (kind === 'withhold') this.generations.withhold();
    if (kind === 'release') this.generations.release();
  }

  /** The entries; with `wait` as soon as one of them is so, or when the time is up. */
  private async showTally(response: ServerResponse, query: URLSearchParams): Promise<void> {
    const id = query.get('id') ?? undefined;
    const wait = query.get('wait');
    if (wait === 'aborted' || wait === 'finished') {
      const fits = (entry: TallyEntry): boolean => (id ?? entry.id) === entry.id && entry[wait];
      const { entry, cancel } = this.tally.waitFor(fits);
      const timeout = Math.min(Number(query.get('timeout_ms') ?? 5000) || 0, MAX_WAIT_MS);
      await Promise.race([entry, elapsed(timeout, response)]);
      cancel();
    }
    sendJson(response, 200, this.tally.list(id));
  }
}

/** Resolves after a time or when the response is closed, and leaves no timer behind. */
function elapsed(milliseconds: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** What is answered by a word. */
type PlainKind = Exclude<Route['kind'], 'call' | 'search' | 'tally' | 'generation'>;

function plainAnswer(kind: PlainKind, path: string): unknown {
  if (kind === 'unknown') return { error: { message: `The sandbox has no ${path}.` } };
  if (kind !== 'models') return { status: 'ok' };
  const data = MODELS.map((id) => ({ id, object: 'model', created: 0, owned_by: 'sandbox' }));
  return { object: 'list', data };
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
