import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: huggingface.co/docs/inference-providers, chat completion. */
export const huggingface: ProviderDefinition = {
  id: 'huggingface',
  name: 'Hugging Face Inference Providers',
  protocol: 'chat-completions',
  baseUrl: 'https://router.huggingface.co/v1',
  auth: { kind: 'bearer' },
  environment: ['HF_TOKEN', 'HUGGINGFACE_API_KEY'],
  baseUrlEnvironment: 'HUGGINGFACE_BASE_URL',
  quirks: COMPATIBLE,
  onClientGone: 'drain',
};
