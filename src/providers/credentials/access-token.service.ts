import { Inject, Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request } from 'undici';
import { GatewayError } from '../../core/errors.js';
import type { AuthStyle } from '../../core/provider.js';
import type { Target } from '../../core/target.js';
import { Environment } from '../../platform/env.js';
import {
  guardedConnector,
  RESOLVE_ALL,
  type ResolveAll,
} from '../../platform/guarded-connector.adapter.js';
import { AccessTokenCache, type AccessToken } from './access-token-cache.js';
import { entraTokenExchange } from './entra-token-exchange.js';
import { googleTokenExchange } from './google-token-exchange.adapter.js';
import { ibmTokenExchange } from './ibm-token-exchange.js';
import { readTokenAnswer, type TokenExchange, type TokenRequest } from './token-exchange.js';

const CONNECT_TIMEOUT_MS = 3_000;
const ANSWER_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_SECRETS = 10_000;

type Holder = Pick<Target, 'provider' | 'credential'>;

/** Who gives tokens, and those that were given. */
interface Issuer {
  readonly exchange: TokenExchange;
  readonly tokens: AccessTokenCache;
}

/**
 * Access tokens of providers that take no key, but what another server gives for it: fetched once for all calls that
 * wait, renewed before they end.
 */
@Injectable()
export class AccessTokenService implements OnApplicationShutdown {
  private readonly agent: Agent;
  private readonly issuers: ReadonlyMap<AuthStyle['kind'], Issuer>;

  constructor(environment: Environment, @Optional() @Inject(RESOLVE_ALL) resolveAll?: ResolveAll) {
    const allowPrivate = environment.ALLOW_PRIVATE_UPSTREAMS === 'true';
    const connect = { timeout: CONNECT_TIMEOUT_MS };
    this.agent = new Agent({
      connect: allowPrivate ? connect : guardedConnector(connect, resolveAll),
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: ANSWER_TIMEOUT_MS,
      maxResponseSize: MAX_ANSWER_BYTES,
    });
    this.issuers = new Map([
      ['google', this.issuer(googleTokenExchange(allowPrivate))],
      ['entra', this.issuer(entraTokenExchange(environment.AZURE_AUTHORITY_HOST))],
      ['ibm', this.issuer(ibmTokenExchange(environment.WATSONX_AI_AUTH_URL))],
    ]);
  }

  /**
   * What goes out in place of the secret: undefined where that is the secret itself, a promise only where a token must
   * be fetched first.
   * @throws (rejects) GatewayError upstream_auth_failed
   */
  of({ provider, credential }: Holder): string | Promise<string> | undefined {
    const issuer = this.issuers.get(provider.auth.kind);
    if (!issuer?.exchange.isFor(credential.secret)) return undefined;
    return issuer.tokens.of(credential.secret);
  }

  /** The provider did not accept the token that it was given. */
  refused({ provider, credential }: Holder): void {
    this.issuers.get(provider.auth.kind)?.tokens.refused(credential.secret);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  private issuer(exchange: TokenExchange): Issuer {
    const fetch = (secret: string): Promise<AccessToken> => this.fetch(exchange, secret);
    return {
      exchange,
      tokens: new AccessTokenCache(fetch, () => performance.now(), MAX_SECRETS),
    };
  }

  private async fetch(exchange: TokenExchange, secret: string): Promise<AccessToken> {
    const asked = await exchange.request(secret);
    try {
      const { status, text } = await this.post(asked);
      return readTokenAnswer(status, text);
    } catch (error) {
      const { code, message = '' } = error as { code?: string; message?: string };
      const reason = code === undefined ? message : `${code}: ${message}`;
      throw new GatewayError('upstream_auth_failed', {
        detail: `${exchange.server} gave no access token: ${reason}`,
      });
    }
  }

  private async post({ url, form }: TokenRequest): Promise<{ status: number; text: string }> {
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    };
    const body = new URLSearchParams(form).toString();
    const options = { method: 'POST', dispatcher: this.agent, headers, body } as const;
    const answer = await request(url, options);
    return { status: answer.statusCode, text: await answer.body.text() };
  }
}
