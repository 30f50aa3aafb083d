import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: dev.synthetic.new/docs, OpenAI-compatible chat completions. */
export const synthetic: ProviderDefinition = {
  id: 'synthetic',
  name: 'Synthetic',
  protocol: 'chat-completions',
  baseUrl: 'https://api.synthetic.new/openai/v1',
  auth: { kind: 'bearer' },
  environment: ['SYNTHETIC_API_KEY'],
  baseUrlEnvironment: 'SYNTHETIC_BASE_URL',
  quirks: COMPATIBLE,
};
