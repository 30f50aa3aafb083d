import type { ProviderDefinition } from '../../core/provider.js';

/** Source: docs.x.ai/docs/api-reference. */
export const xai: ProviderDefinition = {
  id: 'xai',
  name: 'xAI',
  protocol: 'chat-completions',
  baseUrl: 'https://api.x.ai/v1',
  auth: { kind: 'bearer' },
  environment: ['XAI_API_KEY'],
  baseUrlEnvironment: 'XAI_BASE_URL',
  dialects: [
    {
      protocol: 'responses',
      quirks: { roles: { developer: 'system' }, searchSources: 'always' },
      webSearch: {},
    },
  ],
  quirks: {
    parameters: {
      modalities: { rule: 'refuse' },
      audio: { rule: 'refuse' },
      web_search_options: { rule: 'refuse' },
      max_tokens: { rule: 'rename', to: 'max_completion_tokens' },
      logit_bias: { rule: 'refuse' },
    },
    roles: { developer: 'system' },
    streamUsage: 'always',
    // Source: docs.x.ai, cost tracking: ticks of 10⁻¹⁰ USD.
    reportedCost: { path: ['usage', 'cost_in_usd_ticks'], exponent: -10 },
    reasoningTokens: 'separate',
  },
};
