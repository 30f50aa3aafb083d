import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.together.ai, chat completions: log probabilities have a form of their own. */
export const togetherai: ProviderDefinition = {
  id: 'togetherai',
  name: 'Together AI',
  aliases: ['together'],
  protocol: 'chat-completions',
  baseUrl: 'https://api.together.ai/v1',
  auth: { kind: 'bearer' },
  environment: ['TOGETHER_API_KEY', 'TOGETHER_AI_API_KEY'],
  baseUrlEnvironment: 'TOGETHER_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    parameters: {
      ...COMPATIBLE.parameters,
      logprobs: { rule: 'refuse' },
      top_logprobs: { rule: 'refuse' },
    },
    // Recorded: in the last chunk, unasked.
    streamUsage: 'always',
    reasoningSwitch: { form: 'reasoning' },
  },
};
