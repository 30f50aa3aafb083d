import { describe, expect, it } from '@jest/globals';
import { brave } from './brave.js';
import { sandboxSearch } from './sandbox.js';
import { MAX_QUERY, type SearchProvider, type SearchQuery } from './search-provider.js';
import { SEARCH_PROVIDERS } from './registry.js';
import { searxng } from './searxng.js';
import { serper } from './serper.js';
import { tavily } from './tavily.js';

const QUERY: SearchQuery = {
  text: 'who & what?',
  count: 5,
  place: { country: 'FR', city: 'Lyon', region: 'Rhône' },
  domains: { allowed: ['a.example', 'b.example'], blocked: ['c.example'] },
};
const PLAIN: SearchQuery = { ...QUERY, place: undefined, domains: { allowed: [], blocked: [] } };
const SITES = '(site:a.example OR site:b.example)';

const cases: readonly (readonly [SearchProvider, unknown, unknown, unknown])[] = [
  [
    serper,
    {
      path: '/search',
      body: { q: `who & what? ${SITES}`, num: 5, gl: 'fr', location: 'Lyon, Rhône' },
    },
    { path: '/search', body: { q: 'who & what?', num: 5 } },
    { organic: [{ link: 'https://a.example', title: 'A', snippet: 'text', position: 1 }] },
  ],
  [
    brave,
    {
      path: '/res/v1/web/search?q=who+%26+what%3F+%28site%3Aa.example+OR+site%3Ab.example%29&count=5&text_decorations=false&result_filter=web&country=FR',
    },
    {
      path: '/res/v1/web/search?q=who+%26+what%3F&count=5&text_decorations=false&result_filter=web',
    },
    { web: { results: [{ url: 'https://a.example', title: 'A', description: 'text' }] } },
  ],
  [
    tavily,
    {
      path: '/search',
      body: {
        query: 'who & what?',
        max_results: 5,
        search_depth: 'basic',
        include_domains: ['a.example', 'b.example'],
        exclude_domains: ['c.example'],
      },
    },
    { path: '/search', body: { query: 'who & what?', max_results: 5, search_depth: 'basic' } },
    { results: [{ url: 'https://a.example', title: 'A', content: 'text', score: 0.5 }] },
  ],
  [
    searxng,
    { path: '/search?q=who+%26+what%3F+%28site%3Aa.example+OR+site%3Ab.example%29&format=json' },
    { path: '/search?q=who+%26+what%3F&format=json' },
    { results: [{ url: 'https://a.example', title: 'A', content: 'text' }] },
  ],
  [
    sandboxSearch,
    { path: '/search', body: { query: 'who & what?', count: 5, domains: QUERY.domains } },
    { path: '/search', body: { query: 'who & what?', count: 5, domains: PLAIN.domains } },
    { results: [{ url: 'https://a.example', title: 'A', text: 'text' }] },
  ],
];

describe.each(cases.map((row) => [row[0].definition.id, ...row] as const))(
  '%s',
  (_id, provider, request, plain, answer) => {
    it('is asked in its own form', () => {
      expect(provider.toRequest(QUERY)).toEqual(request);
      expect(provider.toRequest(PLAIN)).toEqual(plain);
    });

    it('has its pages read', () => {
      expect(provider.fromAnswer(answer)).toEqual([
        { url: 'https://a.example', title: 'A', text: 'text' },
      ]);
    });

    it.each([[undefined], [null], ['text'], [[]], [{ organic: 1, web: 1, results: 1 }]])(
      'takes %j for no answer',
      (body) => {
        expect(provider.fromAnswer(body)).toBeUndefined();
      },
    );

    it('passes over entries that are no pages', () => {
      const [list] = Object.values(answer as Record<string, unknown>);
      (Array.isArray(list) ? list : (list as { results: unknown[] }).results).push(null, 'x');
      expect(provider.fromAnswer(answer)).toHaveLength(1);
    });
  },
);

it('all of them are in the table', () => {
  expect(cases.map(([provider]) => provider)).toEqual(SEARCH_PROVIDERS);
});

it('Brave has no list where it finds nothing', () => {
  expect(brave.fromAnswer({ type: 'search' })).toEqual([]);
});

it('a query stays within what all of them take, however many hosts it names', () => {
  const allowed = Array.from({ length: 100 }, (_, index) => `host-${index}.example`);
  const text = 'x'.repeat(MAX_QUERY);
  const { body } = serper.toRequest({ ...QUERY, text, domains: { allowed, blocked: [] } });
  const asked = String(body?.['q']);
  expect(asked.length).toBeLessThanOrEqual(MAX_QUERY);
  expect(asked).toContain('site:host-5.example');
  expect(asked.endsWith(')')).toBe(true);
});
