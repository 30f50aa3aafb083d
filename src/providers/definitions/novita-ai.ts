import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: novita.ai/docs, create chat completion. */
export const novitaAi: ProviderDefinition = {
  id: 'novita-ai',
  name: 'Novita AI',
  aliases: ['novita'],
  protocol: 'chat-completions',
  baseUrl: 'https://api.novita.ai/openai/v1',
  auth: { kind: 'bearer' },
  environment: ['NOVITA_API_KEY'],
  baseUrlEnvironment: 'NOVITA_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    reasoningSwitch: { form: 'enable_thinking' },
  },
};
