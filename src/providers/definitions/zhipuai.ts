import type { ProviderDefinition } from '../../core/provider.js';
import { zai } from './zai.js';

/** Source: docs.bigmodel.cn, chat completion API; the same as Z.AI, with keys of its own. */
export const zhipuai: ProviderDefinition = {
  ...zai,
  id: 'zhipuai',
  name: 'Zhipu AI (China)',
  aliases: ['zhipu'],
  baseUrl: 'https://open.bigmodel.cn/api/paas/v4',
  environment: ['ZHIPU_API_KEY', 'ZHIPUAI_API_KEY'],
  baseUrlEnvironment: 'ZHIPUAI_BASE_URL',
};
