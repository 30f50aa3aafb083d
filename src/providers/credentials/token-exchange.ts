import { isObject } from '../../core/json-object.js';
import { cleanMessage } from '../protocols/upstream-error.js';
import type { AccessToken } from './access-token-cache.js';

/** What a token server is asked: a POST of a form. */
export interface TokenRequest {
  readonly url: string;
  readonly form: Readonly<Record<string, string>>;
}

/** How an access token is had for a secret. */
export interface TokenExchange {
  /** Who gives the tokens, for the log. */
  readonly server: string;
  /** Whether tokens are given for this secret; any other goes out as it is. */
  isFor(secret: string): boolean;
  /** @throws GatewayError upstream_auth_failed where the secret is not what it should be */
  request(secret: string): TokenRequest | Promise<TokenRequest>;
}

/** Three parts in base64url, the first an object of JSON: an access token, and no key of any provider here. */
const JSON_WEB_TOKEN = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/;
/** What may stand in a header. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/;

/** Whether a secret is an access token itself, of a server that gives them as JSON web tokens. */
export function isJsonWebToken(secret: string): boolean {
  return JSON_WEB_TOKEN.test(secret);
}

/** The token in the answer of a token server. @throws Error saying why there is none */
export function readTokenAnswer(status: number, text: string): AccessToken {
  const answer = parse(text);
  if (status !== 200) throw new Error(`${status} ${reasonIn(answer)}`);
  const { access_token: value, expires_in: seconds } = answer;
  if (typeof value !== 'string' || !TOKEN.test(value)) throw new Error('its answer has no token');
  if (typeof seconds !== 'number' || !(seconds > 0)) throw new Error('its token has no end');
  return { value, lifetimeMs: seconds * 1_000 };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const answer: unknown = JSON.parse(text);
    return isObject(answer) ? answer : {};
  } catch {
    return {};
  }
}

/** By RFC 6749, section 5.2, or in IBM's words. */
function reasonIn(answer: Record<string, unknown>): string {
  const { error, error_description: description, errorCode, errorMessage } = answer;
  const words = [error ?? errorCode, description ?? errorMessage];
  return cleanMessage(words.filter((word) => typeof word === 'string').join(': '));
}
