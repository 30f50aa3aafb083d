import { GatewayError } from '../../core/errors.js';
import {
  assertionOf,
  isServiceAccount,
  readServiceAccount,
  type ServiceAccount,
} from './service-account.js';
import type { TokenExchange } from './token-exchange.js';

const ALGORITHM = 'RS256';
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/**
 * Access tokens of Google for the keys of service accounts: each is asked for by an assertion that the key has signed.
 * @param allowLoopback whether the token server may be one on this machine
 */
export function googleTokenExchange(allowLoopback: boolean): TokenExchange {
  return {
    server: 'Google’s token server',
    isFor: isServiceAccount,
    request: async (secret) => {
      const account = readServiceAccount(secret, allowLoopback);
      const form = { grant_type: GRANT_TYPE, assertion: await signed(account) };
      return { url: account.tokenUrl, form };
    },
  };
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
