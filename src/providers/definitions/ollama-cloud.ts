import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.ollama.com/openai: what it does not list is refused here. */
export const ollamaCloud: ProviderDefinition = {
  id: 'ollama-cloud',
  name: 'Ollama Cloud',
  protocol: 'chat-completions',
  baseUrl: 'https://ollama.com/v1',
  auth: { kind: 'bearer' },
  environment: ['OLLAMA_API_KEY'],
  baseUrlEnvironment: 'OLLAMA_CLOUD_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    parameters: {
      ...COMPATIBLE.parameters,
      n: { rule: 'refuse' },
      logit_bias: { rule: 'refuse' },
      parallel_tool_calls: { rule: 'refuse' },
      user: { rule: 'drop' },
    },
    toolChoices: ['auto'],
  },
};
