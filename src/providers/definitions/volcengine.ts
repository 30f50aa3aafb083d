import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: volcengine.com/docs/82379, chat API. */
export const volcengine: ProviderDefinition = {
  id: 'volcengine',
  name: 'Volcengine Ark (China)',
  aliases: ['ark'],
  protocol: 'chat-completions',
  baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
  auth: { kind: 'bearer' },
  environment: ['ARK_API_KEY'],
  baseUrlEnvironment: 'ARK_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    parameters: {
      ...COMPATIBLE.parameters,
      seed: { rule: 'drop' },
      user: { rule: 'drop' },
    },
    reasoningSwitch: { form: 'thinking' },
    reasoningReplayField: 'reasoning_content',
  },
};
