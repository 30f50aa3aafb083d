import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: ant-ling.com, OpenAI-compatible API; it has no reasoning_effort. */
export const bailing: ProviderDefinition = {
  id: 'bailing',
  name: 'Ant Ling',
  protocol: 'chat-completions',
  baseUrl: 'https://api.ant-ling.com/v1',
  auth: { kind: 'bearer' },
  environment: ['ANT_LING_API_KEY'],
  baseUrlEnvironment: 'ANT_LING_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    parameters: {
      ...COMPATIBLE.parameters,
      reasoning_effort: { rule: 'refuse' },
      reasoning: { rule: 'refuse' },
    },
  },
};
