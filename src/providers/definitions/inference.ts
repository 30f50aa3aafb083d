import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.inference.net, chat completions. */
export const inference: ProviderDefinition = {
  id: 'inference',
  name: 'Inference.net',
  aliases: ['inference-net'],
  protocol: 'chat-completions',
  baseUrl: 'https://api.inference.net/v1',
  auth: { kind: 'bearer' },
  environment: ['INFERENCE_API_KEY'],
  baseUrlEnvironment: 'INFERENCE_NET_BASE_URL',
  quirks: COMPATIBLE,
  onClientGone: 'drain',
};
