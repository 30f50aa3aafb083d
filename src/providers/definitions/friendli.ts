import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: friendli.ai/docs, serverless chat completions and reasoning. */
export const friendli: ProviderDefinition = {
  id: 'friendli',
  name: 'FriendliAI',
  protocol: 'chat-completions',
  baseUrl: 'https://api.friendli.ai/serverless/v1',
  auth: { kind: 'bearer' },
  environment: ['FRIENDLI_TOKEN'],
  baseUrlEnvironment: 'FRIENDLI_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    reasoningSwitch: { form: 'chat_template_kwargs' },
  },
};
