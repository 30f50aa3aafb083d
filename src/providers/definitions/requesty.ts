import type { ProviderDefinition } from '../../core/provider.js';

/** Source: docs.requesty.ai, chat completions. */
export const requesty: ProviderDefinition = {
  id: 'requesty',
  name: 'Requesty',
  protocol: 'chat-completions',
  baseUrl: 'https://router.requesty.ai/v1',
  auth: { kind: 'bearer' },
  environment: ['REQUESTY_API_KEY'],
  baseUrlEnvironment: 'REQUESTY_BASE_URL',
  quirks: {
    parameters: {
      max_completion_tokens: { rule: 'rename', to: 'max_tokens' },
      audio: { rule: 'refuse' },
      prediction: { rule: 'refuse' },
      service_tier: { rule: 'refuse' },
      store: { rule: 'drop' },
      metadata: { rule: 'drop' },
    },
  },
};
