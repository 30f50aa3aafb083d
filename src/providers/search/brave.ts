import { isObject } from '../../core/json-object.js';
import { pagesOf, pathWith, withSites } from './answer.js';
import type { SearchProvider } from './search-provider.js';

/** Source: api-dashboard.search.brave.com/app/documentation/web-search. */
export const brave: SearchProvider = {
  definition: {
    id: 'brave',
    name: 'Brave Search',
    protocol: 'chat-completions',
    baseUrl: 'https://api.search.brave.com',
    auth: { kind: 'header', name: 'x-subscription-token' },
    environment: ['BRAVE_API_KEY'],
    baseUrlEnvironment: 'BRAVE_BASE_URL',
    headers: { 'cache-control': 'no-cache' },
    // It has nothing that is free and asks for the key.
    probePath: '/res/v1/web/search?q=search&count=1',
  },
  toRequest: ({ text, count, place, domains }) => ({
    path: pathWith('/res/v1/web/search', {
      q: withSites(text, domains),
      count: `${count}`,
      text_decorations: 'false',
      result_filter: 'web',
      ...(place?.country === undefined ? {} : { country: place.country.toUpperCase() }),
    }),
  }),
  fromAnswer: (body) => {
    if (!isObject(body)) return undefined;
    // What has no results has no list of them.
    const { web = { results: [] } } = body;
    return isObject(web) ? pagesOf(web['results'], { url: 'url', text: 'description' }) : undefined;
  },
};
