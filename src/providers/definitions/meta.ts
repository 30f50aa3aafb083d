import type { ProviderDefinition } from '../../core/provider.js';

/** Source: dev.meta.ai/docs/protocols/responses, which is the dialect that keeps reasoning over several turns. */
export const meta: ProviderDefinition = {
  id: 'meta',
  name: 'Meta',
  protocol: 'responses',
  baseUrl: 'https://api.meta.ai/v1',
  auth: { kind: 'bearer' },
  environment: ['META_MODEL_API_KEY'],
  baseUrlEnvironment: 'META_BASE_URL',
  quirks: {
    parameters: {
      service_tier: { rule: 'refuse' },
      verbosity: { rule: 'refuse' },
      logprobs: { rule: 'refuse' },
      top_logprobs: { rule: 'refuse' },
      metadata: { rule: 'drop' },
      prompt_cache_key: { rule: 'drop' },
      safety_identifier: { rule: 'drop' },
    },
    toolChoices: ['auto'],
  },
};
