import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: api.sakana.ai, OpenAI-compatible chat completions. */
export const sakana: ProviderDefinition = {
  id: 'sakana',
  name: 'Sakana AI',
  protocol: 'chat-completions',
  baseUrl: 'https://api.sakana.ai/v1',
  auth: { kind: 'bearer' },
  environment: ['SAKANA_API_KEY'],
  baseUrlEnvironment: 'SAKANA_BASE_URL',
  quirks: COMPATIBLE,
};
