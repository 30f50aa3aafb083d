import { isObject } from '../../core/json-object.js';
import { pagesOf, withSites } from './answer.js';
import type { SearchProvider } from './search-provider.js';

/** Google's results. Source: serper.dev/playground. */
export const serper: SearchProvider = {
  definition: {
    id: 'serper',
    name: 'Serper',
    protocol: 'chat-completions',
    baseUrl: 'https://google.serper.dev',
    auth: { kind: 'header', name: 'x-api-key' },
    environment: ['SERPER_API_KEY'],
    baseUrlEnvironment: 'SERPER_BASE_URL',
    probePath: '/account',
  },
  toRequest: ({ text, count, place, domains }) => ({
    path: '/search',
    body: {
      q: withSites(text, domains),
      num: count,
      ...(place?.country === undefined ? {} : { gl: place.country.toLowerCase() }),
      ...(place?.city === undefined
        ? {}
        : { location: [place.city, place.region].filter((name) => name !== undefined).join(', ') }),
    },
  }),
  fromAnswer: (body) =>
    isObject(body) ? pagesOf(body['organic'], { url: 'link', text: 'snippet' }) : undefined,
};
