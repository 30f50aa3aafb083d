import type { ProviderDefinition } from '../../core/provider.js';

/** Source: openrouter.ai/docs/api-reference. */
export const openrouter: ProviderDefinition = {
  id: 'openrouter',
  name: 'OpenRouter',
  protocol: 'chat-completions',
  baseUrl: 'https://openrouter.ai/api/v1',
  auth: { kind: 'bearer' },
  environment: ['OPENROUTER_API_KEY'],
  baseUrlEnvironment: 'OPENROUTER_BASE_URL',
  // Its list of models is open to everybody.
  probePath: '/key',
  callReport: 'openrouter-generation',
  quirks: {
    parameters: {
      max_completion_tokens: { rule: 'rename', to: 'max_tokens' },
      reasoning: { rule: 'pass' },
      n: { rule: 'refuse' },
      store: { rule: 'drop' },
      metadata: { rule: 'drop' },
    },
    roles: { developer: 'system' },
    streamUsage: 'always',
    // What is charged to the account; cost_details takes it apart and adds nothing to it.
    reportedCost: { path: ['usage', 'cost'] },
    reasoningReplayField: 'reasoning_details',
  },
};
