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

export interface UpstreamOptions {
  readonly signal: AbortSignal;
  /** Milliseconds until the response headers must be there; 0 waits as long as the signal lets it. */
  readonly headersTimeoutMs: number;
  /** Milliseconds between two pieces of the body; 0 waits as long as the signal lets it. */
  readonly bodyTimeoutMs: number;
}

export type UpstreamResponse = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers' | 'body'>;

/**
 * The only way out: every request to a provider goes through here. Addresses are checked where the socket connects,
 * redirects are not followed, the key goes to the target's own origin and nowhere else.
 */
@Injectable()
export class UpstreamClient implements OnApplicationShutdown {
  private readonly guarded: Agent;
  private readonly unguarded: Agent;
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
   * Sends a request to a target.
   * @throws GatewayError upstream_timeout, upstream_error; an abort of the signal rejects with its reason.
   */
  async post(
    target: Target,
    request: UpstreamRequest,
    options: UpstreamOptions,
  ): Promise<UpstreamResponse> {
    const url = new URL(target.baseUrl + request.path);
    const dispatcher = this.dispatcherFor(url);
    try {
      return await dispatcher.request({
        origin: url.origin,
        path: url.pathname + url.search,
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
        signal: options.signal,
        headersTimeout: options.headersTimeoutMs,
        bodyTimeout: options.bodyTimeoutMs,
      });
    } catch (error) {
      if (options.signal.aborted) throw options.signal.reason;
      throw toUpstreamError(error);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.guarded.destroy(), this.unguarded.destroy()]);
  }

  private dispatcherFor(url: URL): Agent {
    if (this.allowPrivate || url.origin === this.sandboxOrigin) return this.unguarded;
    // A literal address is connected to without a look-up.
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !isPublicAddress(host)) throw privateAddress(host);
    return this.guarded;
  }
}

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
export function toUpstreamError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const { code, message } = error as { code?: string; message?: string };
  const detail = `${code ?? 'error'}: ${message ?? ''}`;
  if (code !== undefined && TIMEOUT_CODES.has(code))
    return new GatewayError('upstream_timeout', { detail });
  return new GatewayError('upstream_error', { detail });
}
