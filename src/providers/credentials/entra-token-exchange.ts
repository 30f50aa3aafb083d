import { GatewayError } from '../../core/errors.js';
import type { TokenExchange } from './token-exchange.js';

/** `tenant:client:secret`: the tenant by its id or a domain, the application by its id. Keys of resources have no colon. */
const APPLICATION =
  /^([a-z0-9][a-z0-9.-]{0,252}):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(\S+)$/i;

/** Of Azure OpenAI and Foundry, in the public cloud. */
const SCOPE = 'https://cognitiveservices.azure.com/.default';

/**
 * Access tokens of Microsoft Entra ID for the secrets of applications.
 * Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow.
 * @param authority its address, with or without a slash at the end
 */
export function entraTokenExchange(authority: string): TokenExchange {
  const address = authority.replace(/\/+$/, '');
  return {
    server: 'Microsoft Entra ID',
    isFor: (secret) => APPLICATION.test(secret),
    request: (secret) => {
      const [, tenant, client_id, client_secret] = APPLICATION.exec(secret) ?? [];
      if (tenant === undefined || client_id === undefined || client_secret === undefined)
        throw new GatewayError('upstream_auth_failed', {
          detail: 'the secret has not three parts',
        });
      const form = { grant_type: 'client_credentials', client_id, client_secret, scope: SCOPE };
      return { url: `${address}/${tenant}/oauth2/v2.0/token`, form };
    },
  };
}
