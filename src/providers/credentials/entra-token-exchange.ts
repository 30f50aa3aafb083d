import { GatewayError } from '../../core/errors.js';
import type { TokenExchange } from './token-exchange.js';

/** `tenant:client:secret`: the tenant by its id or a domain, the application by its id. Keys of resources have no colon. */
const APPLICATION =
  /^([a-z0-9][a-z0-9.-]{0,252}):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(\S+)$/i;

/** The clouds of the US government and of China have domains of their own, for tokens and for what they open. */
const OTHER_CLOUD = /\.(us|cn)$/;

/**
 * Access tokens of Microsoft Entra ID for the secrets of applications.
 * Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow.
 * @param authority its address, with or without a slash at the end
 */
export function entraTokenExchange(authority: string): TokenExchange {
  const address = authority.replace(/\/+$/, '');
  const cloud = OTHER_CLOUD.exec(new URL(address).hostname)?.[1] ?? 'com';
  // Of Azure OpenAI and Foundry.
  const scope = `https://cognitiveservices.azure.${cloud}/.default`;
  return {
    server: 'Microsoft Entra ID',
    isFor: (secret) => APPLICATION.test(secret),
    request: (secret) => {
      const [, tenant, client_id, client_secret] = APPLICATION.exec(secret) ?? [];
      if (tenant === undefined || client_id === undefined || client_secret === undefined)
        throw new GatewayError('upstream_auth_failed', {
          detail: 'the secret has not three parts',
        });
      const form = { grant_type: 'client_credentials', client_id, client_secret, scope };
      return { url: `${address}/${tenant}/oauth2/v2.0/token`, form };
    },
  };
}
