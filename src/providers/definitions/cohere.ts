import type { ProviderDefinition } from '../../core/provider.js';

/** Source: docs.cohere.com/reference/chat; the list of models is in version 1 of the API only. */
export const cohere: ProviderDefinition = {
  id: 'cohere',
  name: 'Cohere',
  protocol: 'cohere-chat',
  baseUrl: 'https://api.cohere.com',
  auth: { kind: 'bearer' },
  environment: ['COHERE_API_KEY', 'CO_API_KEY'],
  baseUrlEnvironment: 'COHERE_BASE_URL',
  probePath: '/v1/models',
};
