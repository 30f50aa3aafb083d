import type { ProviderDefinition } from '../../core/provider.js';

/** Source: docs.anthropic.com/en/api/messages. */
export const anthropic: ProviderDefinition = {
  id: 'anthropic',
  name: 'Anthropic',
  protocol: 'anthropic-messages',
  baseUrl: 'https://api.anthropic.com/v1',
  auth: { kind: 'header', name: 'x-api-key' },
  environment: ['ANTHROPIC_API_KEY'],
  baseUrlEnvironment: 'ANTHROPIC_BASE_URL',
  headers: { 'anthropic-version': '2023-06-01' },
};
