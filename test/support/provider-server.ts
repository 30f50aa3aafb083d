import { expect } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProviderDefinition } from '../../src/core/provider.js';
import type { Target } from '../../src/core/target.js';
import { Environment } from '../../src/platform/env.js';
import { AccessTokenService } from '../../src/providers/credentials/access-token.service.js';
import type { UpstreamRequest } from '../../src/providers/protocols/protocol.js';
import {
  UpstreamClient,
  type UpstreamExchange,
  type UpstreamReceiver,
} from '../../src/providers/upstream.client.js';
import { makeTarget } from './target.js';

export const SECRET = 'canary-5f3c';
export const REQUEST: UpstreamRequest = { path: '/chat', body: { model: 'm' } };

interface Seen {
  readonly url: string | undefined;
  readonly method: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What a receiver was told of an exchange. */
interface Told {
  readonly statusCode: number | undefined;
  readonly body: string;
  readonly error: unknown;
}

export interface Sending {
  readonly exchange: UpstreamExchange;
  /** Resolves at the end or the error. */
  readonly told: Promise<Told>;
  /** Resolves with the first piece of the body. */
  readonly firstPiece: Promise<string>;
  /** How many characters of the body have come so far. */
  received(): number;
  /** Calls that came after the end. */
  readonly late: string[];
}

/** A provider on this machine, and clients that send to it. */
export class ProviderServer {
  /** What it does with a request that has come whole. */
  answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  /** The requests of this test. */
  readonly seen: Seen[] = [];
  private readonly clients: UpstreamClient[] = [];
  private readonly server: Server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { url, method, headers } = request;
      this.seen.push({ url, method, headers, body: Buffer.concat(pieces).toString() });
      this.answer(request, response);
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  /** After each test. */
  async forget(): Promise<void> {
    this.seen.length = 0;
    await Promise.all(this.clients.splice(0).map((client) => client.onApplicationShutdown()));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** A client of this test. */
  clientOf(settings: Partial<Environment> = { ALLOW_PRIVATE_UPSTREAMS: 'true' }): UpstreamClient {
    const environment = Object.assign(new Environment(), settings);
    const client = new UpstreamClient(environment, new AccessTokenService(environment));
    this.clients.push(client);
    return client;
  }

  /** This server as a target. */
  local(): Target {
    return targetOf(`http://127.0.0.1:${this.port}/v1`);
  }
}

/** A target whose credential is bound to where it is. */
export function targetOf(baseUrl: string, provider: Partial<ProviderDefinition> = {}): Target {
  const target = makeTarget({ provider: { auth: { kind: 'bearer' }, ...provider } });
  const { origin } = new URL(baseUrl);
  return { ...target, baseUrl, credential: { ...target.credential, secret: SECRET, origin } };
}

/** An answer that is there at once. */
export const ok = (_request: IncomingMessage, response: ServerResponse) => void response.end('{}');

/** Sends a request; a failure is never told before `send` of the client returns. */
export function send(
  client: UpstreamClient,
  target: Target,
  request: UpstreamRequest = REQUEST,
  headersTimeoutMs = 0,
): Sending {
  const late: string[] = [];
  let statusCode: number | undefined;
  let body = '';
  let over = false;
  let begin: (piece: string) => void = () => undefined;
  const firstPiece = new Promise<string>((resolve) => (begin = resolve));
  let exchange: UpstreamExchange | undefined;
  const told = new Promise<Told>((resolve) => {
    const note = (what: string) => over && late.push(what);
    const end = (what: string, error: unknown) => {
      note(what);
      over = true;
      resolve({ statusCode, body, error });
    };
    const receiver: UpstreamReceiver = {
      onHead: (head) => {
        note('head');
        ({ statusCode } = head);
      },
      onData: (bytes) => {
        note('data');
        body += bytes.toString();
        begin(bytes.toString());
      },
      onEnd: () => end('end', undefined),
      onError: (error) => end('error', error),
    };
    exchange = client.send(target, request, receiver, headersTimeoutMs);
    expect(over).toBe(false);
  });
  if (!exchange) throw new Error('nothing was sent');
  return { exchange, told, firstPiece, received: () => body.length, late };
}
