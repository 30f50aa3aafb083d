import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: platform.moonshot.ai/docs, chat API and guide to thinking models. */
export const moonshotai: ProviderDefinition = {
  id: 'moonshotai',
  name: 'Moonshot AI',
  aliases: ['moonshot'],
  protocol: 'chat-completions',
  baseUrl: 'https://api.moonshot.ai/v1',
  auth: { kind: 'bearer' },
  environment: ['MOONSHOT_API_KEY'],
  baseUrlEnvironment: 'MOONSHOTAI_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    parameters: {
      ...COMPATIBLE.parameters,
      logprobs: { rule: 'refuse' },
      top_logprobs: { rule: 'refuse' },
      logit_bias: { rule: 'refuse' },
      seed: { rule: 'drop' },
      user: { rule: 'drop' },
      max_completion_tokens: { rule: 'pass' },
    },
    reasoningSwitch: { form: 'thinking' },
    // A thinking conversation with tools is refused unless its reasoning comes back.
    reasoningReplayField: 'reasoning_content',
    highestTemperature: 1,
  },
};
