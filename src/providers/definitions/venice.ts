import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.venice.ai, chat completions: max_tokens is deprecated there. */
export const venice: ProviderDefinition = {
  id: 'venice',
  name: 'Venice AI',
  protocol: 'chat-completions',
  baseUrl: 'https://api.venice.ai/api/v1',
  auth: { kind: 'bearer' },
  environment: ['VENICE_API_KEY'],
  baseUrlEnvironment: 'VENICE_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    parameters: {
      ...COMPATIBLE.parameters,
      max_tokens: { rule: 'rename', to: 'max_completion_tokens' },
      max_completion_tokens: { rule: 'pass' },
    },
    // Recorded: beside the usage; what is paid with its own tokens (diem) is no money.
    reportedCost: { path: ['cost', 'usd'] },
  },
};
