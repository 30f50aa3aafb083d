import { Inject, Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, type Dispatcher } from 'undici';
import { GatewayError } from '../core/errors.js';
import type { Target } from '../core/target.js';
import { Environment } from '../platform/env.js';
import {
  guardedConnector,
  RESOLVE_ALL,
  type ResolveAll,
} from '../platform/guarded-connector.adapter.js';
import { authorizationOf } from './authorization.adapter.js';
import { AccessTokenService } from './credentials/access-token.service.js';
import type { UpstreamRequest } from './protocols/protocol.js';
import { RequestHeaders } from './request-headers.adapter.js';
import {
  Exchange,
  type UpstreamExchange,
  type UpstreamReceiver,
} from './upstream-exchange.adapter.js';

export { RESOLVE_ALL } from '../platform/guarded-connector.adapter.js';
export type {
  UpstreamExchange,
  UpstreamHead,
  UpstreamReceiver,
} from './upstream-exchange.adapter.js';

const KEEP_ALIVE_MS = 30_000;
const MAX_CONNECTIONS_PER_ORIGIN = 4_096;
const MAX_DESTINATIONS = 1_024;

/** What a request needs of a target to go there. */
export type UpstreamDestination = Pick<Target, 'baseUrl' | 'provider' | 'credential'>;

interface Destination {
  readonly origin: string;
  readonly path: string;
  readonly dispatcher: Agent;
}

/**
 * The way out: every request with a target's key goes through here. Addresses are checked where the socket connects,
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

  constructor(
    environment: Environment,
    private readonly tokens: AccessTokenService,
    @Optional() @Inject(RESOLVE_ALL) resolveAll?: ResolveAll,
  ) {
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
    const connect = { timeout: environment.UPSTREAM_CONNECT_TIMEOUT_MS };
    this.guarded = new Agent({ ...options, connect: guardedConnector(connect, resolveAll) });
    this.unguarded = new Agent({ ...options, connect });
  }

  /**
   * Sends a request to a target. The receiver is told of a failure by `onError`, never before this returns:
   * upstream_timeout, upstream_error, upstream_auth_failed where no access token can be had, or internal_error for a
   * credential that is bound to another origin.
   * @param headersTimeoutMs until the response headers must be there; 0 sets no limit
   */
  send(
    target: UpstreamDestination,
    request: UpstreamRequest,
    receiver: UpstreamReceiver,
    headersTimeoutMs: number,
  ): UpstreamExchange {
    const exchange = new Exchange(receiver);
    return this.start(target, request.path, exchange, (sender, { origin, path, dispatcher }) => {
      const body = JSON.stringify(request.body);
      const options: Dispatcher.DispatchOptions = {
        origin,
        path,
        method: 'POST',
        headers: this.headers.of(sender, request, { method: 'POST', origin, path, body }),
        body,
        headersTimeout: headersTimeoutMs,
        bodyTimeout: 0,
      };
      dispatcher.dispatch(options, exchange);
    });
  }

  /** A GET of a path below the base URL, as `send`. */
  get(
    target: UpstreamDestination,
    requestPath: string,
    receiver: UpstreamReceiver,
    headersTimeoutMs: number,
  ): UpstreamExchange {
    const exchange = new Exchange(receiver);
    const go = (sender: UpstreamDestination, { origin, path, dispatcher }: Destination): void => {
      const headers = {
        accept: 'application/json',
        'accept-encoding': 'identity',
        ...sender.provider.headers,
        ...sender.credential.headers,
        ...authorizationOf(sender, { method: 'GET', origin, path, body: '' }),
      };
      const limits = { headersTimeout: headersTimeoutMs, bodyTimeout: 0 };
      dispatcher.dispatch({ origin, path, method: 'GET', headers, ...limits }, exchange);
    };
    return this.start(target, requestPath, exchange, go, false);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.guarded.destroy(), this.unguarded.destroy()]);
  }

  /** What needs an access token that is not in hand goes out once it is there; all else goes out at once. */
  private start(
    target: UpstreamDestination,
    path: string,
    exchange: Exchange,
    go: (sender: UpstreamDestination, destination: Destination) => void,
    comesAgain = true,
  ): UpstreamExchange {
    try {
      const destination = this.destination(target, path, comesAgain);
      const token = this.tokens.of(target);
      if (token === undefined) go(target, destination);
      else {
        exchange.onUnauthorized = () => this.tokens.refused(target);
        const withToken = (secret: string): void =>
          go({ ...target, credential: { ...target.credential, secret } }, destination);
        if (typeof token === 'string') withToken(token);
        else token.then(withToken).catch((error: unknown) => exchange.fail(error));
      }
    } catch (error) {
      setImmediate(() => exchange.fail(error));
    }
    return exchange;
  }

  /** Where a request goes. @throws GatewayError internal_error where its credential must not go */
  private destination(
    { baseUrl, credential }: UpstreamDestination,
    path: string,
    comesAgain: boolean,
  ): Destination {
    const destination = this.read(baseUrl + path, comesAgain);
    if (destination.origin === credential.origin) return destination;
    throw new GatewayError('internal_error', {
      detail: `the credential ${credential.id} is bound to ${credential.origin}, not to ${destination.origin}`,
    });
  }

  /** Where an address leads, worked out once for those that come again and again. */
  private read(address: string, comesAgain: boolean): Destination {
    const known = this.destinations.get(address);
    if (known) return known;
    const url = new URL(address);
    const destination = {
      origin: url.origin,
      path: url.pathname + url.search,
      dispatcher: this.dispatcherFor(url),
    };
    if (comesAgain && this.destinations.size < MAX_DESTINATIONS)
      this.destinations.set(address, destination);
    return destination;
  }

  private dispatcherFor(url: URL): Agent {
    const isOpen = this.allowPrivate || url.origin === this.sandboxOrigin;
    return isOpen ? this.unguarded : this.guarded;
  }
}
