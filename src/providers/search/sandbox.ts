import { isObject } from '../../core/json-object.js';
import { pagesOf } from './answer.js';
import type { SearchProvider } from './search-provider.js';

/** The built-in upstream on loopback, which makes its pages up. */
export const sandboxSearch: SearchProvider = {
  definition: {
    id: 'sandbox-search',
    name: 'Sandbox search',
    protocol: 'chat-completions',
    baseUrl: 'http://127.0.0.1:4010/v1',
    auth: { kind: 'none' },
    environment: [],
    baseUrlEnvironment: 'SANDBOX_BASE_URL',
  },
  toRequest: ({ text, count, domains }) => ({
    path: '/search',
    body: { query: text, count, domains },
  }),
  fromAnswer: (body) =>
    isObject(body) ? pagesOf(body['results'], { url: 'url', text: 'text' }) : undefined,
};
