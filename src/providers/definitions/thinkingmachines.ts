import type { ProviderDefinition } from '../../core/provider.js';

/** Source: tinker-docs.thinkingmachines.ai, Anthropic-compatible inference. */
export const thinkingmachines: ProviderDefinition = {
  id: 'thinkingmachines',
  name: 'Thinking Machines',
  protocol: 'anthropic-messages',
  baseUrl: 'https://tinker.thinkingmachines.dev/services/tinker-prod/anthropic/api/v1',
  auth: { kind: 'header', name: 'x-api-key' },
  environment: ['TINKER_API_KEY'],
  baseUrlEnvironment: 'TINKER_BASE_URL',
  headers: { 'anthropic-version': '2023-06-01' },
  quirks: {
    parameters: {
      web_search: { rule: 'refuse' },
      web_search_options: { rule: 'refuse' },
    },
  },
};
