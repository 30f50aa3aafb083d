import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.tokenfactory.nebius.com, chat completions. */
export const nebius: ProviderDefinition = {
  id: 'nebius',
  name: 'Nebius Token Factory',
  protocol: 'chat-completions',
  baseUrl: 'https://api.tokenfactory.nebius.com/v1',
  auth: { kind: 'bearer' },
  environment: ['NEBIUS_API_KEY'],
  baseUrlEnvironment: 'NEBIUS_BASE_URL',
  quirks: COMPATIBLE,
  onClientGone: 'drain',
};
