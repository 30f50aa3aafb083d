import { describe, expect, it } from '@jest/globals';
import type { ChatRequest } from '../../core/chat.js';
import { searchingByOptions, searchingByTool, webSearchWishOf, withoutWebSearch } from './wish.js';

const FUNCTION = { type: 'function' as const, function: { name: 'f' } };
const ask = (more: Partial<ChatRequest>): ChatRequest => ({
  model: 'm',
  messages: [{ role: 'user', content: 'Hello' }],
  ...more,
});

function wishOf(more: Partial<ChatRequest>) {
  const wish = webSearchWishOf(ask(more));
  if (!wish) throw new Error('wants no search');
  return wish;
}

describe('a wish for a search', () => {
  it.each([
    [{ web_search: true }, 'web_search'],
    [{ web_search_options: {} }, 'web_search_options'],
    [{ tools: [FUNCTION, { type: 'web_search' }] }, 'tools[1]'],
    [{ tools: [{ type: 'web_search_preview' }], web_search: true }, 'tools[0]'],
  ])('is told by %j', (more, param) => {
    expect(wishOf(more)).toMatchObject({ param, tool: { type: 'web_search' } });
  });

  it.each([
    [{}],
    [{ web_search: false }],
    [{ tools: [FUNCTION] }],
    [{ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
  ])('is not in %j', (more) => {
    expect(webSearchWishOf(ask(more))).toBeUndefined();
  });

  it('is all that its ways say together; the tool counts before the options', () => {
    const options = {
      search_context_size: 'low',
      user_location: { approximate: { city: 'Bonn' } },
    };
    const tool = { type: 'web_search', search_context_size: 'high', max_uses: 4 };
    const wish = wishOf({ web_search_options: options, tools: [tool] });
    expect([wish.contextSize, wish.place]).toEqual(['high', { city: 'Bonn' }]);
    expect(wish.tool).toEqual({ ...options, ...tool });
  });

  it('takes the place beside the type or below it, and texts alone', () => {
    const user_location = { type: 'approximate', country: 'FR', region: 7, city: '' };
    expect(wishOf({ tools: [{ type: 'web_search', user_location }] }).place).toEqual({
      country: 'FR',
    });
    expect(wishOf({ web_search_options: { user_location: 'FR' } }).place).toBeUndefined();
  });

  it('takes hosts from filters, and from Anthropic’s fields', () => {
    const filters = { allowed_domains: ['a.example', 1] };
    expect(wishOf({ tools: [{ type: 'web_search', filters }] }).domains).toEqual({
      allowed: ['a.example'],
      blocked: [],
    });
    const blocked_domains = ['b.example'];
    expect(wishOf({ tools: [{ type: 'web_search', blocked_domains }] }).domains).toEqual({
      allowed: [],
      blocked: ['b.example'],
    });
  });
});

describe('a request', () => {
  it('without its search has no choice among no tools either', () => {
    const request = ask({
      web_search: true,
      web_search_options: {},
      tools: [{ type: 'web_search' }],
      tool_choice: 'auto',
      parallel_tool_calls: true,
      temperature: 1,
    });
    expect(withoutWebSearch(request)).toEqual(ask({ temperature: 1 }));
    expect(request.tools).toHaveLength(1);
  });

  it('without its search keeps its functions', () => {
    const request = ask({ tools: [{ type: 'web_search' }, FUNCTION], tool_choice: 'auto' });
    expect(withoutWebSearch(request)).toEqual(ask({ tools: [FUNCTION], tool_choice: 'auto' }));
  });

  it('without its search does not choose it', () => {
    const choice = { type: 'web_search' } as unknown as ChatRequest['tool_choice'];
    const request = ask({ tools: [{ type: 'web_search' }, FUNCTION], tool_choice: choice });
    expect(withoutWebSearch(request)).toEqual(ask({ tools: [FUNCTION] }));
  });

  it('searches by one tool', () => {
    const request = ask({ tools: [{ type: 'web_search_preview' }, FUNCTION], web_search: true });
    expect(searchingByTool(request, wishOf(request))).toEqual(
      ask({ tools: [FUNCTION, { type: 'web_search' }] }),
    );
  });

  it('searches by options, where they can say it', () => {
    const request = ask({ web_search: true, tools: [FUNCTION] });
    expect(searchingByOptions(request, wishOf(request))).toEqual(
      ask({ tools: [FUNCTION], web_search_options: {} }),
    );
    const bound = { type: 'web_search', filters: { blocked_domains: ['a.example'] } };
    const bounded = ask({ tools: [bound] });
    expect(searchingByOptions(bounded, wishOf(bounded))).toBeUndefined();
  });
});
