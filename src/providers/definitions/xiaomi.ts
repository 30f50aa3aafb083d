import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: platform.xiaomimimo.com/docs, OpenAI-compatible API. */
export const xiaomi: ProviderDefinition = {
  id: 'xiaomi',
  name: 'Xiaomi MiMo',
  aliases: ['mimo'],
  protocol: 'chat-completions',
  baseUrl: 'https://api.xiaomimimo.com/v1',
  auth: { kind: 'bearer' },
  environment: ['XIAOMI_API_KEY', 'MIMO_API_KEY'],
  baseUrlEnvironment: 'XIAOMI_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    parameters: {
      ...COMPATIBLE.parameters,
      max_tokens: { rule: 'rename', to: 'max_completion_tokens' },
      max_completion_tokens: { rule: 'pass' },
    },
    reasoningSwitch: { form: 'thinking' },
    reasoningReplayField: 'reasoning_content',
  },
};
