import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.baseten.co, Model APIs and reasoning. */
export const baseten: ProviderDefinition = {
  id: 'baseten',
  name: 'Baseten',
  protocol: 'chat-completions',
  baseUrl: 'https://inference.baseten.co/v1',
  auth: { kind: 'bearer' },
  environment: ['BASETEN_API_KEY'],
  baseUrlEnvironment: 'BASETEN_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    reasoningSwitch: { form: 'chat_template_args' },
  },
};
