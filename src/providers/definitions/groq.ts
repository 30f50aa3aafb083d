import type { ProviderDefinition } from '../../core/provider.js';

/** Source: console.groq.com/docs/openai. */
export const groq: ProviderDefinition = {
  id: 'groq',
  name: 'Groq',
  protocol: 'chat-completions',
  baseUrl: 'https://api.groq.com/openai/v1',
  auth: { kind: 'bearer' },
  environment: ['GROQ_API_KEY'],
  baseUrlEnvironment: 'GROQ_BASE_URL',
  quirks: {
    parameters: {
      modalities: { rule: 'refuse' },
      audio: { rule: 'refuse' },
      web_search_options: { rule: 'refuse' },
      max_tokens: { rule: 'rename', to: 'max_completion_tokens' },
      logprobs: { rule: 'refuse' },
      top_logprobs: { rule: 'refuse' },
      logit_bias: { rule: 'refuse' },
      n: { rule: 'refuse' },
      store: { rule: 'drop' },
      prompt_cache_key: { rule: 'drop' },
      safety_identifier: { rule: 'drop' },
    },
    roles: { developer: 'system' },
    dropMessageFields: ['name'],
  },
  onClientGone: 'drain',
};
