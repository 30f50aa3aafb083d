import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: inference-docs.cerebras.ai/resources/openai. */
export const cerebras: ProviderDefinition = {
  id: 'cerebras',
  name: 'Cerebras',
  protocol: 'chat-completions',
  baseUrl: 'https://api.cerebras.ai/v1',
  auth: { kind: 'bearer' },
  environment: ['CEREBRAS_API_KEY'],
  baseUrlEnvironment: 'CEREBRAS_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    parameters: {
      ...COMPATIBLE.parameters,
      frequency_penalty: { rule: 'refuse' },
      presence_penalty: { rule: 'refuse' },
      logit_bias: { rule: 'refuse' },
      max_tokens: { rule: 'rename', to: 'max_completion_tokens' },
      max_completion_tokens: { rule: 'pass' },
      prediction: { rule: 'pass' },
    },
  },
};
