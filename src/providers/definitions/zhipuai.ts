import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.bigmodel.cn, chat completion API; the same as Z.AI, with keys of its own. */
export const zhipuai: ProviderDefinition = {
  id: 'zhipuai',
  name: 'Zhipu AI (China)',
  aliases: ['zhipu'],
  protocol: 'chat-completions',
  baseUrl: 'https://open.bigmodel.cn/api/paas/v4',
  auth: { kind: 'bearer' },
  environment: ['ZHIPU_API_KEY', 'ZHIPUAI_API_KEY'],
  baseUrlEnvironment: 'ZHIPUAI_BASE_URL',
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
