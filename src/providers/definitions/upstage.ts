import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: console.upstage.ai/docs, chat. */
export const upstage: ProviderDefinition = {
  id: 'upstage',
  name: 'Upstage',
  protocol: 'chat-completions',
  baseUrl: 'https://api.upstage.ai/v1/solar',
  auth: { kind: 'bearer' },
  environment: ['UPSTAGE_API_KEY'],
  baseUrlEnvironment: 'UPSTAGE_BASE_URL',
  quirks: COMPATIBLE,
};
