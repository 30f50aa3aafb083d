import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.crusoecloud.com, managed inference. */
export const crusoe: ProviderDefinition = {
  id: 'crusoe',
  name: 'Crusoe Managed Inference',
  protocol: 'chat-completions',
  baseUrl: 'https://api.inference.crusoecloud.com/v1',
  auth: { kind: 'bearer' },
  environment: ['CRUSOE_API_KEY'],
  baseUrlEnvironment: 'CRUSOE_BASE_URL',
  quirks: COMPATIBLE,
};
