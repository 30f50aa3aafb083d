import type { IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, type Dispatcher } from 'undici';
import { GatewayError } from '../core/errors.js';
import type { Target } from '../core/target.js';
import { Environment } from '../platform/env.js';
import { guardedConnector, type ResolveAll } from './guarded-connector.adapter.js';
import type { UpstreamRequest } from './protocols/protocol.js';
import { authorizationOf } from './authorization.adapter.js';
import { RequestHeaders } from './request-headers.adapter.js';

const CONNECT_TIMEOUT_MS = 3_000;
const KEEP_ALIVE_MS = 30_000;
const MAX_CONNECTIONS_PER_ORIGIN = 4_096;
const MAX_DESTINATIONS = 1_024;

/** Under which a test puts its own look-up of names. */
export const RESOLVE_ALL = Symbol('resolve-all');

/** What a request needs of a target to go there. */
export type UpstreamDestination = Pick<Target, 'baseUrl' | 'provider' | 'credential'>;

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
 * redirects are not followed, a key goes to the origin that it is bound to and nowhere else.
 */
@Injectable()
export class UpstreamClient implements OnApplicationShutdown {
  private readonly guarded: Agent;
  private readonly unguarded: Agent;
  private readonly destinations = new Map<string, Destination>();
  private readonly headers = new RequestHeaders();
  private readonly allowPrivate: boolean;
  private readonly sandboxOrigin: string | undefined;

  constructor(environment: Environment, @Optional() @Inject(RESOLVE_ALL) resolveAll?: ResolveAll) {
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
    const connect = { timeout: CONNECT_TIMEOUT_MS };
    this.guarded = new Agent({ ...options, connect: guardedConnector(connect, resolveAll) });
    this.unguarded = new Agent({ ...options, connect });
  }

  /**
   * Sends a request to a target. The receiver is told of a failure by `onError`, never before this returns:
   * upstream_timeout, upstream_error, or internal_error for a credential that is bound to another origin.
   * @param headersTimeoutMs until the response headers must be there; 0 sets no limit
   */
  send(
    target: UpstreamDestination,
    request: UpstreamRequest,
    receiver: UpstreamReceiver,
    headersTimeoutMs: number,
  ): UpstreamExchange {
    const exchange = new Exchange(receiver);
    try {
      const { origin, path, dispatcher } = this.destination(target, request.path);
      const body = JSON.stringify(request.body);
      const options: Dispatcher.DispatchOptions = {
        origin,
        path,
        method: 'POST',
        headers: this.headers.of(target, request, { method: 'POST', origin, path, body }),
        body,
        headersTimeout: headersTimeoutMs,
        bodyTimeout: 0,
      };
      dispatcher.dispatch(options, exchange);
    } catch (error) {
      setImmediate(() => exchange.onResponseError(undefined, error));
    }
    return exchange;
  }

  /** A GET of a path below the base URL, as `send`. */
  get(
    destination: UpstreamDestination,
    requestPath: string,
    receiver: UpstreamReceiver,
    headersTimeoutMs: number,
  ): UpstreamExchange {
    const exchange = new Exchange(receiver);
    const { provider, credential } = destination;
    try {
      const { origin, path, dispatcher } = this.destination(destination, requestPath);
      const headers = {
        accept: 'application/json',
        'accept-encoding': 'identity',
        ...provider.headers,
        ...credential.headers,
        ...authorizationOf(destination, { method: 'GET', origin, path, body: '' }),
      };
      const limits = { headersTimeout: headersTimeoutMs, bodyTimeout: 0 };
      dispatcher.dispatch({ origin, path, method: 'GET', headers, ...limits }, exchange);
    } catch (error) {
      setImmediate(() => exchange.onResponseError(undefined, error));
    }
    return exchange;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.guarded.destroy(), this.unguarded.destroy()]);
  }

  /** Where a request goes. @throws GatewayError internal_error where its credential must not go */
  private destination({ baseUrl, credential }: UpstreamDestination, path: string): Destination {
    const destination = this.read(baseUrl + path);
    if (destination.origin === credential.origin) return destination;
    throw new GatewayError('internal_error', {
      detail: `the credential ${credential.id} is bound to ${credential.origin}, not to ${destination.origin}`,
    });
  }

  /** Where an address leads, worked out once for those that come again and again. */
  private read(address: string): Destination {
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
    const isOpen = this.allowPrivate || url.origin === this.sandboxOrigin;
    return isOpen ? this.unguarded : this.guarded;
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
