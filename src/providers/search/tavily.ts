import { isObject } from '../../core/json-object.js';
import { pagesOf } from './answer.js';
import type { SearchProvider } from './search-provider.js';

/** The basic depth: one credit a search. Source: docs.tavily.com/documentation/api-reference/endpoint/search. */
export const tavily: SearchProvider = {
  definition: {
    id: 'tavily',
    name: 'Tavily',
    protocol: 'chat-completions',
    baseUrl: 'https://api.tavily.com',
    auth: { kind: 'bearer' },
    environment: ['TAVILY_API_KEY'],
    baseUrlEnvironment: 'TAVILY_BASE_URL',
    probePath: '/usage',
  },
  toRequest: ({ text, count, domains }) => ({
    path: '/search',
    body: {
      query: text,
      max_results: count,
      search_depth: 'basic',
      ...(domains.allowed.length > 0 ? { include_domains: domains.allowed } : {}),
      ...(domains.blocked.length > 0 ? { exclude_domains: domains.blocked } : {}),
    },
  }),
  fromAnswer: (body) =>
    isObject(body) ? pagesOf(body['results'], { url: 'url', text: 'content' }) : undefined,
};
