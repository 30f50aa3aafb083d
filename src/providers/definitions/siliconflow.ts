import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.siliconflow.com, chat completions. */
export const siliconflow: ProviderDefinition = {
  id: 'siliconflow',
  name: 'SiliconFlow (international)',
  protocol: 'chat-completions',
  baseUrl: 'https://api.siliconflow.com/v1',
  auth: { kind: 'bearer' },
  environment: ['SILICONFLOW_API_KEY'],
  baseUrlEnvironment: 'SILICONFLOW_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    streamUsage: 'always',
    reasoningSwitch: { form: 'enable_thinking', budget: 'thinking_budget' },
  },
};
