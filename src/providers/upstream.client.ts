import type { IncomingHttpHeaders } from 'node:http';
import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, type Dispatcher } from 'undici';
import { GatewayError } from '../core/errors.js';
import type { AuthStyle } from '../core/provider.js';
import type { Target } from '../core/target.js';
import { Environment } from '../platform/env.js';
import { isPublicAddress } from './network-address.js';
import type { UpstreamRequest } from './protocols/protocol.js';

const CONNECT_TIMEOUT_MS = 3_000;
const KEEP_ALIVE_MS = 30_000;
const MAX_CONNECTIONS_PER_ORIGIN = 4_096;
const MAX_DESTINATIONS = 1_024;

interface Destination {
  readonly origin: string;
  readonly path: string;
  readonly dispatcher: Agent;
}

export interface UpstreamHead {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
}

/** Who gets a provider's answer. After `onEnd` or `onError` nothing more comes; one of them always does. */
export interface UpstreamReceiver {
  onHead(head: UpstreamHead): void;
  onData(bytes: Buffer): void;
  onEnd(): void;
  /** A GatewayError, or the reason that was given to `abort`. */
  onError(error: unknown): void;
}

/** Holds a running request to a provider. */
export interface UpstreamExchange {
  /** Takes no more from the socket until `resume`. */
  pause(): void;
  resume(): void;
  /** Breaks the request off; the receiver gets `reason` at once. Nothing if it has ended. */
  abort(reason: unknown): void;
}

/**
 * The only way out: every request to a provider goes through here. Addresses are checked where the socket connects,
 * redirects are not followed, the key goes to the target's own origin and nowhere else.
 */
@Injectable()
export class UpstreamClient implements OnApplicationShutdown {
  private readonly guarded: Agent;
  private readonly unguarded: Agent;
  private readonly destinations = new Map<string, Destination>();
  private readonly allowPrivate: boolean;
  private readonly sandboxOrigin: string | undefined;

  constructor(environment: Environment) {
    this.allowPrivate = environment.ALLOW_PRIVATE_UPSTREAMS === 'true';
    this.sandboxOrigin =
      environment.SANDBOX_BASE_URL && new URL(environment.SANDBOX_BASE_URL).origin;
    const options: Agent.Options = {
      connections: MAX_CONNECTIONS_PER_ORIGIN,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    this.guarded = new Agent({
      ...options,
      connect: { timeout: CONNECT_TIMEOUT_MS, lookup: publicLookup },
    });
    this.unguarded = new Agent({ ...options, connect: { timeout: CONNECT_TIMEOUT_MS } });
  }

  /**
   * Sends a request to a target. The receiver is told of a failure, upstream_timeout or upstream_error, by `onError`,
   * never before this returns.
   * @param headersTimeoutMs until the response headers must be there; 0 sets no limit
   */
  send(
    target: Target,
    request: UpstreamRequest,
    receiver: UpstreamReceiver,
    headersTimeoutMs: number,
  ): UpstreamExchange {
    const exchange = new Exchange(receiver);
    try {
      const { origin, path, dispatcher } = this.destination(target.baseUrl + request.path);
      const options: Dispatcher.DispatchOptions = {
        origin,
        path,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: request.body['stream'] === true ? 'text/event-stream' : 'application/json',
          'accept-encoding': 'identity',
          ...target.provider.headers,
          ...request.headers,
          ...authHeaders(target.provider.auth, target.credential.secret),
        },
        body: JSON.stringify(request.body),
        headersTimeout: headersTimeoutMs,
        bodyTimeout: 0,
      };
      dispatcher.dispatch(options, exchange);
    } catch (error) {
      setImmediate(() => exchange.onResponseError(undefined, error));
    }
    return exchange;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.guarded.destroy(), this.unguarded.destroy()]);
  }

  /** Where an address leads, worked out once for those that come again and again. */
  private destination(address: string): Destination {
    const known = this.destinations.get(address);
    if (known) return known;
    const url = new URL(address);
    const destination = {
      origin: url.origin,
      path: url.pathname + url.search,
      dispatcher: this.dispatcherFor(url),
    };
    if (this.destinations.size < MAX_DESTINATIONS) this.destinations.set(address, destination);
    return destination;
  }

  private dispatcherFor(url: URL): Agent {
    if (this.allowPrivate || url.origin === this.sandboxOrigin) return this.unguarded;
    // A literal address is connected to without a look-up.
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !isPublicAddress(host)) throw privateAddress(host);
    return this.guarded;
  }
}

/** Between undici and the receiver: one end, and an abort that works before the socket is there. */
class Exchange implements UpstreamExchange, Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private over = false;

  constructor(private readonly receiver: UpstreamReceiver) {}

  pause(): void {
    if (!this.over) this.controller?.pause();
  }

  resume(): void {
    this.controller?.resume();
  }

  abort(reason: unknown): void {
    if (this.over) return;
    this.over = true;
    this.controller?.abort(ABORTED);
    this.receiver.onError(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.over) controller.abort(ABORTED);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (!this.over && statusCode >= 200) this.receiver.onHead({ statusCode, headers });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.over) this.receiver.onData(chunk);
  }

  onResponseEnd(): void {
    if (this.over) return;
    this.over = true;
    this.receiver.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: unknown): void {
    if (this.over) return;
    this.over = true;
    this.receiver.onError(toUpstreamError(error));
  }
}

const ABORTED = new Error('the gateway broke the request off');

function authHeaders(auth: AuthStyle, secret: string): Record<string, string> {
  if (auth.kind === 'bearer') return { authorization: `Bearer ${secret}` };
  return auth.kind === 'header' ? { [auth.name]: secret } : {};
}

function privateAddress(host: string): GatewayError {
  return new GatewayError('upstream_error', {
    detail: `${host} is not a public address (ALLOW_PRIVATE_UPSTREAMS)`,
  });
}

/** Resolves a host and refuses it unless every address that it resolves to is public. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  dnsLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const first = addresses?.[0];
    if (error || !first) return callback(error ?? new Error(`no address for ${hostname}`), '', 0);
    if (!addresses.every(({ address }) => isPublicAddress(address)))
      return callback(privateAddress(hostname), '', 0);
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};

const TIMEOUT_CODES = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** A failure of the network on the way to a provider, or while its answer came. */
function toUpstreamError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const { code, message } = error as { code?: string; message?: string };
  const detail = `${code ?? 'error'}: ${message ?? ''}`;
  if (code !== undefined && TIMEOUT_CODES.has(code))
    return new GatewayError('upstream_timeout', { detail });
  return new GatewayError('upstream_error', { detail });
}
