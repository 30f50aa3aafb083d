import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.z.ai, chat completion API, thinking mode and streamed tool calls. */
export const zai: ProviderDefinition = {
  id: 'zai',
  name: 'Z.AI',
  aliases: ['z-ai'],
  protocol: 'chat-completions',
  baseUrl: 'https://api.z.ai/api/paas/v4',
  auth: { kind: 'bearer' },
  environment: ['ZAI_API_KEY'],
  baseUrlEnvironment: 'ZAI_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    parameters: {
      ...COMPATIBLE.parameters,
      frequency_penalty: { rule: 'refuse' },
      presence_penalty: { rule: 'refuse' },
      n: { rule: 'refuse' },
      logprobs: { rule: 'refuse' },
      top_logprobs: { rule: 'refuse' },
      logit_bias: { rule: 'refuse' },
      parallel_tool_calls: { rule: 'refuse' },
      seed: { rule: 'drop' },
      user: { rule: 'drop' },
    },
    dropMessageFields: ['name'],
    streamUsage: 'always',
    jsonSchema: 'json_object',
    // Recorded: reasoning_effort is taken by models that have no levels, too.
    reasoningSwitch: { form: 'thinking', efforts: true },
    reasoningReplayField: 'reasoning_content',
    toolChoices: ['auto'],
    toolStreamField: 'tool_stream',
    highestTemperature: 1,
  },
};
