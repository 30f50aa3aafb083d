import { isJsonWebToken, type TokenExchange } from './token-exchange.js';

const GRANT_TYPE = 'urn:ibm:params:oauth:grant-type:apikey';

/**
 * Access tokens of IBM Cloud for API keys of users and services.
 * Source: cloud.ibm.com/docs/iam, Generating an IBM Cloud IAM token by using an API key.
 * @param address of its identity and access management, without a trailing slash
 */
export function ibmTokenExchange(address: string): TokenExchange {
  return {
    server: 'IBM Cloud IAM',
    isFor: (secret) => !isJsonWebToken(secret),
    request: (apikey) => ({
      url: `${address}/identity/token`,
      form: { grant_type: GRANT_TYPE, apikey },
    }),
  };
}
