import { isObject } from '../../core/json-object.js';
import { pagesOf, pathWith, withSites } from './answer.js';
import type { SearchProvider } from './search-provider.js';

/**
 * The operator's own metasearch engine; `json` must be among the `search.formats` of its settings. It takes no number of
 * results. Source: docs.searxng.org/dev/search_api.html.
 */
export const searxng: SearchProvider = {
  definition: {
    id: 'searxng',
    name: 'SearXNG',
    protocol: 'chat-completions',
    baseUrl: 'http://127.0.0.1:8080',
    auth: { kind: 'none' },
    // Its address is all that it takes.
    environment: ['SEARXNG_URL'],
    baseUrlEnvironment: 'SEARXNG_URL',
  },
  toRequest: ({ text, domains }) => ({
    path: pathWith('/search', { q: withSites(text, domains), format: 'json' }),
  }),
  fromAnswer: (body) =>
    isObject(body) ? pagesOf(body['results'], { url: 'url', text: 'content' }) : undefined,
};
