import type { ProviderDefinition } from '../../core/provider.js';

/** Source: docs.mistral.ai/api; unknown fields are answered with 422. */
export const mistral: ProviderDefinition = {
  id: 'mistral',
  name: 'Mistral AI',
  protocol: 'chat-completions',
  baseUrl: 'https://api.mistral.ai/v1',
  auth: { kind: 'bearer' },
  environment: ['MISTRAL_API_KEY'],
  baseUrlEnvironment: 'MISTRAL_BASE_URL',
  quirks: {
    parameters: {
      web_search_options: { rule: 'refuse' },
      verbosity: { rule: 'refuse' },
      max_completion_tokens: { rule: 'rename', to: 'max_tokens' },
      seed: { rule: 'rename', to: 'random_seed' },
      logprobs: { rule: 'refuse' },
      top_logprobs: { rule: 'refuse' },
      logit_bias: { rule: 'refuse' },
      service_tier: { rule: 'refuse' },
      modalities: { rule: 'refuse' },
      audio: { rule: 'refuse' },
      user: { rule: 'drop' },
      store: { rule: 'drop' },
      metadata: { rule: 'drop' },
      prompt_cache_key: { rule: 'drop' },
      safety_identifier: { rule: 'drop' },
    },
    roles: { developer: 'system' },
    streamUsage: 'always',
    cachedTokensField: 'num_cached_tokens',
  },
  onClientGone: 'drain',
};
