import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.gmicloud.ai, LLM API reference. */
export const gmicloud: ProviderDefinition = {
  id: 'gmicloud',
  name: 'GMI Cloud',
  protocol: 'chat-completions',
  baseUrl: 'https://api.gmi-serving.com/v1',
  auth: { kind: 'bearer' },
  environment: ['GMICLOUD_API_KEY', 'GMI_API_KEY'],
  baseUrlEnvironment: 'GMICLOUD_BASE_URL',
  quirks: COMPATIBLE,
};
