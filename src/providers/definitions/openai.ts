import type { ProviderDefinition } from '../../core/provider.js';

/** Models of chat that search the web for every answer. */
const SEARCH_MODELS = /-search-/;

/** Source: platform.openai.com/docs/api-reference/chat and /responses. */
export const openai: ProviderDefinition = {
  id: 'openai',
  name: 'OpenAI',
  protocol: 'chat-completions',
  baseUrl: 'https://api.openai.com/v1',
  auth: { kind: 'bearer' },
  environment: ['OPENAI_API_KEY'],
  baseUrlEnvironment: 'OPENAI_BASE_URL',
  settings: {
    organization: {
      kind: 'text',
      pattern: /^org-[A-Za-z0-9]{1,64}$/,
      header: 'openai-organization',
    },
    project: { kind: 'text', pattern: /^proj_[A-Za-z0-9]{1,64}$/, header: 'openai-project' },
  },
  dialects: [{ protocol: 'responses', webSearch: { except: SEARCH_MODELS } }],
  quirks: {
    // o-series and gpt-5 refuse max_tokens; every chat model takes max_completion_tokens.
    parameters: { max_tokens: { rule: 'rename', to: 'max_completion_tokens' } },
    searchModels: SEARCH_MODELS,
  },
};
