import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.digitalocean.com, serverless inference: both names of the token limit are known. */
export const digitalocean: ProviderDefinition = {
  id: 'digitalocean',
  name: 'DigitalOcean Gradient',
  protocol: 'chat-completions',
  baseUrl: 'https://inference.do-ai.run/v1',
  auth: { kind: 'bearer' },
  environment: ['DIGITALOCEAN_ACCESS_TOKEN', 'DIGITALOCEAN_MODEL_ACCESS_KEY'],
  baseUrlEnvironment: 'DIGITALOCEAN_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    parameters: {
      ...COMPATIBLE.parameters,
      max_completion_tokens: { rule: 'pass' },
    },
  },
};
