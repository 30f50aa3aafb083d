import { GatewayError } from '../../core/errors.js';
import { isObject } from '../../core/json-object.js';
import { parsedUrl } from '../../core/parsed-url.js';

/** What of a service account's key it takes to ask for access tokens. */
export interface ServiceAccount {
  readonly email: string;
  /** PEM of PKCS #8. */
  readonly privateKey: string;
  readonly keyId: string | undefined;
  /** Where the tokens are given. */
  readonly tokenUrl: string;
}

/** The claims by which a service account asks for an access token. Times in seconds since the epoch. */
export interface Assertion {
  readonly iss: string;
  readonly scope: string;
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
}

const TOKEN_URL = 'https://oauth2.googleapis.com/token';
const TOKEN_ORIGIN = new URL(TOKEN_URL).origin;
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const ASSERTION_SECONDS = 3_600;

/** Whether a secret is JSON, as keys of service accounts are; access tokens are not. */
export function isServiceAccount(secret: string): boolean {
  return secret.trimStart().startsWith('{');
}

/**
 * Reads the key of a service account. It is signed with for nobody but Google's own token server; where private
 * upstreams are allowed, also for one on this machine.
 * @throws GatewayError upstream_auth_failed saying what is wrong with it, without a word of it
 */
export function readServiceAccount(secret: string, allowLoopback: boolean): ServiceAccount {
  const key = parse(secret);
  if (key['type'] !== 'service_account') throw unusable('is not the key of a service account');
  const { client_email: email, private_key: privateKey, private_key_id: keyId } = key;
  if (typeof email !== 'string' || typeof privateKey !== 'string')
    throw unusable('lacks client_email or private_key');
  const tokenUrl = key['token_uri'] ?? TOKEN_URL;
  if (typeof tokenUrl !== 'string' || !isTokenServer(tokenUrl, allowLoopback))
    throw unusable('names a token_uri that is not Google’s');
  return { email, privateKey, tokenUrl, keyId: typeof keyId === 'string' ? keyId : undefined };
}

/** Source: developers.google.com/identity/protocols/oauth2/service-account. */
export function assertionOf({ email, tokenUrl }: ServiceAccount, nowMs: number): Assertion {
  const iat = Math.floor(nowMs / 1_000);
  return { iss: email, scope: SCOPE, aud: tokenUrl, iat, exp: iat + ASSERTION_SECONDS };
}

function parse(secret: string): Readonly<Record<string, unknown>> {
  try {
    const key: unknown = JSON.parse(secret);
    if (isObject(key)) return key;
  } catch {
    // Said below; the parser's own words would quote the secret.
  }
  throw unusable('is not valid JSON');
}

function isTokenServer(address: string, allowLoopback: boolean): boolean {
  const url = parsedUrl(address);
  if (!url || url.username !== '' || url.password !== '') return false;
  if (url.origin === TOKEN_ORIGIN) return true;
  return allowLoopback && /^https?:$/.test(url.protocol) && LOOPBACK.has(url.hostname);
}

function unusable(reason: string): GatewayError {
  return new GatewayError('upstream_auth_failed', { detail: `the secret ${reason}` });
}
