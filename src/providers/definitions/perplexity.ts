import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.perplexity.ai/api-reference/chat-completions-post. */
export const perplexity: ProviderDefinition = {
  id: 'perplexity',
  name: 'Perplexity',
  protocol: 'chat-completions',
  baseUrl: 'https://api.perplexity.ai',
  auth: { kind: 'bearer' },
  environment: ['PERPLEXITY_API_KEY'],
  baseUrlEnvironment: 'PERPLEXITY_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    parameters: {
      ...COMPATIBLE.parameters,
      tools: { rule: 'refuse' },
      tool_choice: { rule: 'refuse' },
      parallel_tool_calls: { rule: 'refuse' },
      n: { rule: 'refuse' },
      logprobs: { rule: 'refuse' },
      top_logprobs: { rule: 'refuse' },
      logit_bias: { rule: 'refuse' },
      seed: { rule: 'drop' },
      user: { rule: 'drop' },
      web_search_options: { rule: 'pass' },
    },
    // Deep research counts its thoughts beside both figures. Source: docs.perplexity.ai, pricing of Sonar Deep Research.
    reasoningTokens: 'outside_total',
    reportedCost: { path: ['usage', 'cost', 'total_cost'] },
    // Recorded: in every chunk, the last one with the costs.
    streamUsage: 'always',
  },
  onClientGone: 'drain',
};
