import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: scaleway.com/en/docs/generative-apis, chat API: supported and unsupported parameters. */
export const scaleway: ProviderDefinition = {
  id: 'scaleway',
  name: 'Scaleway Generative APIs',
  protocol: 'chat-completions',
  baseUrl: 'https://api.scaleway.ai/v1',
  auth: { kind: 'bearer' },
  environment: ['SCALEWAY_API_KEY', 'SCW_SECRET_KEY'],
  baseUrlEnvironment: 'SCALEWAY_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    parameters: {
      ...COMPATIBLE.parameters,
      frequency_penalty: { rule: 'refuse' },
      n: { rule: 'refuse' },
      top_logprobs: { rule: 'refuse' },
      logit_bias: { rule: 'refuse' },
      user: { rule: 'drop' },
    },
  },
};
