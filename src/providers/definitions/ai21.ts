import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.ai21.com, Jamba API reference. */
export const ai21: ProviderDefinition = {
  id: 'ai21',
  name: 'AI21',
  protocol: 'chat-completions',
  baseUrl: 'https://api.ai21.com/studio/v1',
  auth: { kind: 'bearer' },
  environment: ['AI21_API_KEY'],
  baseUrlEnvironment: 'AI21_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    parameters: {
      ...COMPATIBLE.parameters,
      frequency_penalty: { rule: 'refuse' },
      presence_penalty: { rule: 'refuse' },
      logprobs: { rule: 'refuse' },
      top_logprobs: { rule: 'refuse' },
      logit_bias: { rule: 'refuse' },
      parallel_tool_calls: { rule: 'refuse' },
      seed: { rule: 'drop' },
      user: { rule: 'drop' },
    },
    streamUsage: 'always',
    toolChoices: ['auto'],
  },
  onClientGone: 'drain',
};
