import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.inceptionlabs.ai, chat completions. */
export const inception: ProviderDefinition = {
  id: 'inception',
  name: 'Inception Labs',
  protocol: 'chat-completions',
  baseUrl: 'https://api.inceptionlabs.ai/v1',
  auth: { kind: 'bearer' },
  environment: ['INCEPTION_API_KEY'],
  baseUrlEnvironment: 'INCEPTION_BASE_URL',
  quirks: COMPATIBLE,
};
