import { Inject, Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request } from 'undici';
import { GatewayError } from '../../core/errors.js';
import { isObject } from '../../core/json-object.js';
import type { Target } from '../../core/target.js';
import { Environment } from '../../platform/env.js';
import { guardedConnector, RESOLVE_ALL, type ResolveAll } from '../guarded-connector.adapter.js';
import { cleanMessage } from '../protocols/upstream-error.js';
import { AccessTokenCache, type AccessToken } from './access-token-cache.js';
import {
  assertionOf,
  isServiceAccount,
  readServiceAccount,
  type ServiceAccount,
} from './service-account.js';

const ALGORITHM = 'RS256';
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const CONNECT_TIMEOUT_MS = 3_000;
const ANSWER_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_ACCOUNTS = 10_000;
/** What may stand in a header. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/;

type Holder = Pick<Target, 'provider' | 'credential'>;

/** Access tokens of Google's service accounts: fetched once for all calls that wait, renewed before they end. */
@Injectable()
export class GoogleAccessTokenService implements OnApplicationShutdown {
  private readonly agent: Agent;
  private readonly allowPrivate: boolean;
  private readonly tokens: AccessTokenCache;

  constructor(environment: Environment, @Optional() @Inject(RESOLVE_ALL) resolveAll?: ResolveAll) {
    this.allowPrivate = environment.ALLOW_PRIVATE_UPSTREAMS === 'true';
    const connect = { timeout: CONNECT_TIMEOUT_MS };
    this.agent = new Agent({
      connect: this.allowPrivate ? connect : guardedConnector(connect, resolveAll),
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: ANSWER_TIMEOUT_MS,
      maxResponseSize: MAX_ANSWER_BYTES,
    });
    const fetch = (secret: string): Promise<AccessToken> => this.fetch(secret);
    this.tokens = new AccessTokenCache(fetch, () => performance.now(), MAX_ACCOUNTS);
  }

  /**
   * What goes out in place of the secret: undefined where that is the secret itself, a promise only where a token must
   * be fetched first.
   * @throws (rejects) GatewayError upstream_auth_failed
   */
  of({ provider, credential }: Holder): string | Promise<string> | undefined {
    if (provider.auth.kind !== 'google' || !isServiceAccount(credential.secret)) return undefined;
    return this.tokens.of(credential.secret);
  }

  /** The provider did not accept the token that it was given. */
  refused({ credential }: Holder): void {
    this.tokens.refused(credential.secret);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  private async fetch(secret: string): Promise<AccessToken> {
    const account = readServiceAccount(secret, this.allowPrivate);
    const form = new URLSearchParams({ grant_type: GRANT_TYPE, assertion: await signed(account) });
    const { status, text } = await this.post(account.tokenUrl, form.toString());
    const answer = parse(text);
    if (status !== 200) throw failure(`${status} ${reasonIn(answer)}`);
    const { access_token: value, expires_in: seconds } = answer;
    if (typeof value !== 'string' || !TOKEN.test(value)) throw failure('its answer has no token');
    if (typeof seconds !== 'number' || !(seconds > 0)) throw failure('its token has no end');
    return { value, lifetimeMs: seconds * 1_000 };
  }

  private async post(url: string, body: string): Promise<{ status: number; text: string }> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    try {
      const options = { method: 'POST', dispatcher: this.agent, headers, body } as const;
      const answer = await request(url, options);
      return { status: answer.statusCode, text: await answer.body.text() };
    } catch (error) {
      const { code, message } = error as { code?: string; message?: string };
      throw failure(`${code ?? 'error'}: ${message ?? ''}`);
    }
  }
}

async function signed(account: ServiceAccount): Promise<string> {
  const { keyId, privateKey } = account;
  const header = { alg: ALGORITHM, typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) };
  // Loaded by the first key of this kind only.
  const { importPKCS8, SignJWT } = await import('jose');
  try {
    const key = await importPKCS8(privateKey, ALGORITHM);
    const claims = { ...assertionOf(account, Date.now()) };
    return await new SignJWT(claims).setProtectedHeader(header).sign(key);
  } catch {
    // The words of the failure may quote the key.
    throw new GatewayError('upstream_auth_failed', {
      detail: 'the private key of the service account cannot be used',
    });
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const answer: unknown = JSON.parse(text);
    return isObject(answer) ? answer : {};
  } catch {
    return {};
  }
}

/** Source: RFC 6749, section 5.2. */
function reasonIn({ error, error_description: description }: Record<string, unknown>): string {
  const words = [error, description].filter((word) => typeof word === 'string');
  return cleanMessage(words.join(': '));
}

function failure(reason: string): GatewayError {
  return new GatewayError('upstream_auth_failed', {
    detail: `Google’s token server gave no access token: ${reason}`,
  });
}
