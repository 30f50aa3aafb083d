import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: longcat.chat/platform/docs, OpenAI API format. */
export const longcat: ProviderDefinition = {
  id: 'longcat',
  name: 'LongCat',
  protocol: 'chat-completions',
  baseUrl: 'https://api.longcat.chat/openai/v1',
  auth: { kind: 'bearer' },
  environment: ['LONGCAT_API_KEY'],
  baseUrlEnvironment: 'LONGCAT_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    reasoningSwitch: { form: 'enable_thinking' },
  },
};
