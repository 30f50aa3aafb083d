import type { ProviderDefinition } from '../../core/provider.js';

/** Source: api-docs.deepseek.com/api/create-chat-completion and guides/thinking_mode. */
export const deepseek: ProviderDefinition = {
  id: 'deepseek',
  name: 'DeepSeek',
  protocol: 'chat-completions',
  baseUrl: 'https://api.deepseek.com',
  auth: { kind: 'bearer' },
  environment: ['DEEPSEEK_API_KEY'],
  baseUrlEnvironment: 'DEEPSEEK_BASE_URL',
  quirks: {
    parameters: {
      modalities: { rule: 'refuse' },
      audio: { rule: 'refuse' },
      web_search_options: { rule: 'refuse' },
      max_completion_tokens: { rule: 'rename', to: 'max_tokens' },
      n: { rule: 'refuse' },
      logit_bias: { rule: 'refuse' },
      seed: { rule: 'drop' },
      user: { rule: 'drop' },
      store: { rule: 'drop' },
      metadata: { rule: 'drop' },
      prompt_cache_key: { rule: 'drop' },
      safety_identifier: { rule: 'drop' },
    },
    roles: { developer: 'system' },
    cachedTokensField: 'prompt_cache_hit_tokens',
    jsonSchema: 'json_object',
    // A thinking conversation with tools is refused unless its reasoning comes back.
    reasoningReplayField: 'reasoning_content',
    reasoningSwitch: { form: 'thinking', efforts: true },
  },
};
