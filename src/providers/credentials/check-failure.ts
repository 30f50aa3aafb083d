import { GatewayError } from '../../core/errors.js';
import { NOT_PUBLIC } from '../../core/network-address.js';
import { ownEntry } from '../../core/own-entry.js';
import type { Credential } from '../../core/target.js';
import { badAddress } from '../upstream-address.js';
import { redact } from './redact.js';

const MAX_WORDS = 300;

/** What Node and undici call the ways in which an address cannot be reached. */
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'has a host name that does not exist',
  EAI_AGAIN: 'has a host name that cannot be looked up at the moment',
  ECONNREFUSED: 'refuses connections',
  ECONNRESET: 'broke the connection off',
  UND_ERR_SOCKET: 'broke the connection off',
};

/** The error of a credential that its provider refused. */
export function refusedSecret({ detail = '' }: GatewayError, { secret }: Credential): GatewayError {
  const words = redact(detail, secret).slice(0, MAX_WORDS);
  return new GatewayError('invalid_parameter', {
    param: 'secret',
    message: `The provider does not accept this secret${words ? ` (${words})` : ''}.`,
  });
}

/** The error of a request that got no answer; what blames the gateway itself stays as it is. */
export function unreachable(error: GatewayError, credential: Credential): GatewayError {
  if (error.code === 'internal_error') return error;
  if (error.code === 'upstream_auth_failed') return refusedSecret(error, credential);
  if (error.code === 'upstream_timeout') return badAnswer(credential, 'does not answer in time');
  const detail = error.detail ?? '';
  if (detail.includes(NOT_PUBLIC)) return badAnswer(credential, NOT_PUBLIC);
  const [code = ''] = detail.split(':');
  if (/CERT|SSL|TLS/.test(code)) return badAnswer(credential, 'has no valid certificate');
  return badAnswer(credential, ownEntry(REASONS, code) ?? 'cannot be reached');
}

/** The error of an address at which something else than the provider answered. */
export function badAnswer({ baseUrl }: Credential, reason: string): GatewayError {
  return badAddress(`${baseUrl} ${reason}`);
}
