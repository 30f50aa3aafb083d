import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.arcee.ai, chat completions. */
export const arcee: ProviderDefinition = {
  id: 'arcee',
  name: 'Arcee AI',
  protocol: 'chat-completions',
  baseUrl: 'https://api.arcee.ai/api/v1',
  auth: { kind: 'bearer' },
  environment: ['ARCEE_API_KEY'],
  baseUrlEnvironment: 'ARCEE_BASE_URL',
  quirks: COMPATIBLE,
};
