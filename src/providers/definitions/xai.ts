import type { ProviderDefinition } from '../../core/provider.js';

const ROLES = { developer: 'system' };
/** Ticks of 10⁻¹⁰ USD. Source: docs.x.ai, cost tracking. */
const REPORTED_COST = { path: ['usage', 'cost_in_usd_ticks'], exponent: -10 };

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
      quirks: {
        roles: ROLES,
        searchSources: 'always',
        reportedCost: REPORTED_COST,
        blockedHostsField: 'excluded_domains',
      },
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
    roles: ROLES,
    streamUsage: 'always',
    reportedCost: REPORTED_COST,
    reasoningTokens: 'separate',
  },
};
