import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.fireworks.ai, chat completions and reasoning. */
export const fireworksAi: ProviderDefinition = {
  id: 'fireworks-ai',
  name: 'Fireworks AI',
  aliases: ['fireworks'],
  protocol: 'chat-completions',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  auth: { kind: 'bearer' },
  environment: ['FIREWORKS_API_KEY'],
  baseUrlEnvironment: 'FIREWORKS_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    parameters: {
      ...COMPATIBLE.parameters,
      prediction: { rule: 'pass' },
      service_tier: { rule: 'pass' },
    },
    streamUsage: 'always',
    reasoningReplayField: 'reasoning_content',
  },
};
