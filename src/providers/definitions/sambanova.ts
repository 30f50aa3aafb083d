import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.sambanova.ai, OpenAI compatibility: what it ignores is refused here. */
export const sambanova: ProviderDefinition = {
  id: 'sambanova',
  name: 'SambaNova Cloud',
  protocol: 'chat-completions',
  baseUrl: 'https://api.sambanova.ai/v1',
  auth: { kind: 'bearer' },
  environment: ['SAMBANOVA_API_KEY'],
  baseUrlEnvironment: 'SAMBANOVA_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    parameters: {
      ...COMPATIBLE.parameters,
      frequency_penalty: { rule: 'refuse' },
      presence_penalty: { rule: 'refuse' },
      n: { rule: 'refuse' },
      logprobs: { rule: 'refuse' },
      top_logprobs: { rule: 'refuse' },
      logit_bias: { rule: 'refuse' },
      seed: { rule: 'drop' },
      user: { rule: 'drop' },
    },
    reasoningSwitch: { form: 'chat_template_kwargs' },
  },
  onClientGone: 'drain',
};
