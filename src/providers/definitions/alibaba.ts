import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: alibabacloud.com/help/en/model-studio, OpenAI compatible chat and deep thinking. */
export const alibaba: ProviderDefinition = {
  id: 'alibaba',
  name: 'Alibaba Cloud Model Studio (international)',
  aliases: ['dashscope'],
  protocol: 'chat-completions',
  baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
  auth: { kind: 'bearer' },
  environment: ['DASHSCOPE_API_KEY'],
  baseUrlEnvironment: 'DASHSCOPE_BASE_URL',
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
