import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: deepinfra.com/docs, OpenAI-compatible chat completions. */
export const deepinfra: ProviderDefinition = {
  id: 'deepinfra',
  name: 'DeepInfra',
  protocol: 'chat-completions',
  baseUrl: 'https://api.deepinfra.com/v1/openai',
  auth: { kind: 'bearer' },
  environment: ['DEEPINFRA_API_KEY', 'DEEPINFRA_TOKEN'],
  baseUrlEnvironment: 'DEEPINFRA_BASE_URL',
  quirks: { ...COMPATIBLE, reportedCost: { path: ['usage', 'estimated_cost'] } },
};
