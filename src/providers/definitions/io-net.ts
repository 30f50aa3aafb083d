import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.io.net, IO Intelligence API. */
export const ioNet: ProviderDefinition = {
  id: 'io-net',
  name: 'io.net Intelligence',
  protocol: 'chat-completions',
  baseUrl: 'https://api.intelligence.io.solutions/api/v1',
  auth: { kind: 'bearer' },
  environment: ['IOINTELLIGENCE_API_KEY'],
  baseUrlEnvironment: 'IOINTELLIGENCE_BASE_URL',
  quirks: COMPATIBLE,
};
