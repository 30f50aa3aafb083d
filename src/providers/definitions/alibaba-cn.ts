import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/**
 * Source: help.aliyun.com/zh/model-studio, OpenAI compatible chat and deep thinking.
 * A key holds in one region, hence a variable of its own.
 */
export const alibabaCn: ProviderDefinition = {
  id: 'alibaba-cn',
  name: 'Alibaba Cloud Model Studio (China)',
  protocol: 'chat-completions',
  baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
  auth: { kind: 'bearer' },
  environment: ['DASHSCOPE_CN_API_KEY'],
  baseUrlEnvironment: 'DASHSCOPE_CN_BASE_URL',
  quirks: {
    ...COMPATIBLE,
    parameters: {
      ...COMPATIBLE.parameters,
      logit_bias: { rule: 'refuse' },
      user: { rule: 'drop' },
    },
    reasoningSwitch: { form: 'enable_thinking', budget: 'thinking_budget' },
    toolChoices: ['none', 'auto', 'function'],
  },
  onClientGone: 'drain',
};
