import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: help.ovhcloud.com, AI Endpoints. */
export const ovhcloud: ProviderDefinition = {
  id: 'ovhcloud',
  name: 'OVHcloud AI Endpoints',
  protocol: 'chat-completions',
  baseUrl: 'https://oai.endpoints.kepler.ai.cloud.ovh.net/v1',
  auth: { kind: 'bearer' },
  environment: ['OVHCLOUD_API_KEY', 'OVH_AI_ENDPOINTS_ACCESS_TOKEN'],
  baseUrlEnvironment: 'OVHCLOUD_BASE_URL',
  quirks: COMPATIBLE,
};
