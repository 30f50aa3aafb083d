import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: chutes.ai/docs, OpenAI-compatible API. */
export const chutes: ProviderDefinition = {
  id: 'chutes',
  name: 'Chutes',
  protocol: 'chat-completions',
  baseUrl: 'https://llm.chutes.ai/v1',
  auth: { kind: 'bearer' },
  environment: ['CHUTES_API_KEY'],
  baseUrlEnvironment: 'CHUTES_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    reasoningSwitch: { form: 'chat_template_kwargs' },
  },
};
