import type { ProviderDefinition } from '../../core/provider.js';

/** Source: vercel.com/docs/ai-gateway/openai-compat. */
export const vercel: ProviderDefinition = {
  id: 'vercel',
  name: 'Vercel AI Gateway',
  aliases: ['vercel-ai-gateway'],
  protocol: 'chat-completions',
  baseUrl: 'https://ai-gateway.vercel.sh/v1',
  auth: { kind: 'bearer' },
  environment: ['AI_GATEWAY_API_KEY'],
  baseUrlEnvironment: 'AI_GATEWAY_BASE_URL',
  callReport: 'vercel-generation',
  quirks: {
    parameters: {
      reasoning: { rule: 'pass' },
      audio: { rule: 'refuse' },
      prediction: { rule: 'refuse' },
      service_tier: { rule: 'refuse' },
      store: { rule: 'drop' },
      metadata: { rule: 'drop' },
    },
    reportedCost: { path: ['usage', 'cost'] },
    reasoningReplayField: 'reasoning_details',
    // Recorded: the cost is that of completion and reasoning, the total that of the first alone.
    reasoningTokens: 'outside_total',
  },
};
