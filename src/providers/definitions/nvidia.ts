import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.api.nvidia.com/nim, reasoning by chat template; it has no reasoning_effort. */
export const nvidia: ProviderDefinition = {
  id: 'nvidia',
  name: 'NVIDIA NIM',
  aliases: ['nvidia-nim'],
  protocol: 'chat-completions',
  baseUrl: 'https://integrate.api.nvidia.com/v1',
  auth: { kind: 'bearer' },
  environment: ['NVIDIA_API_KEY'],
  baseUrlEnvironment: 'NVIDIA_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    reasoningSwitch: { form: 'chat_template_kwargs', efforts: false },
  },
};
