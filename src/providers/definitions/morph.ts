import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.morphllm.com, apply API. */
export const morph: ProviderDefinition = {
  id: 'morph',
  name: 'Morph',
  protocol: 'chat-completions',
  baseUrl: 'https://api.morphllm.com/v1',
  auth: { kind: 'bearer' },
  environment: ['MORPH_API_KEY'],
  baseUrlEnvironment: 'MORPH_BASE_URL',
  quirks: COMPATIBLE,
};
