import type { ProviderDefinition } from '../../core/provider.js';

/**
 * Source: platform.minimax.io/docs, Anthropic-compatible API: what it lists as ignored is refused here.
 * Its OpenAI dialect writes thoughts into the text.
 */
export const minimax: ProviderDefinition = {
  id: 'minimax',
  name: 'MiniMax',
  protocol: 'anthropic-messages',
  baseUrl: 'https://api.minimax.io/anthropic/v1',
  auth: { kind: 'header', name: 'x-api-key' },
  environment: ['MINIMAX_API_KEY'],
  baseUrlEnvironment: 'MINIMAX_BASE_URL',
  headers: { 'anthropic-version': '2023-06-01' },
  quirks: {
    parameters: {
      stop: { rule: 'refuse' },
      service_tier: { rule: 'refuse' },
      web_search: { rule: 'refuse' },
      web_search_options: { rule: 'refuse' },
    },
  },
  onClientGone: 'drain',
};
