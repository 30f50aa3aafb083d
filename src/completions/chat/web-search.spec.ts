import { describe, expect, it } from '@jest/globals';
import { GatewayError } from '../../core/errors.js';
import { toChatRequest } from './chat-request.js';

const MESSAGES = [{ role: 'user', content: 'Hello' }];

/** The field that is refused, or undefined. */
function refused(fields: Record<string, unknown>): string | null | undefined {
  try {
    toChatRequest({ model: 'm', messages: MESSAGES, ...fields });
    return undefined;
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'invalid_parameter') return error.param;
    throw error;
  }
}

describe('what a request says of web search', () => {
  it.each([
    [{}],
    [{ search_context_size: 'high', max_uses: 5, user_location: { country: 'FR' } }],
    [{ search_context_size: null, max_uses: null, filters: null }],
    [{ filters: { allowed_domains: ['a.example', 'localhost'] }, of_the_future: 1 }],
  ])('may be %j', (told) => {
    expect(refused({ web_search_options: told })).toBeUndefined();
    expect(refused({ tools: [{ type: 'web_search', ...told }] })).toBeUndefined();
  });

  it.each([
    [{ search_context_size: 'huge' }, 'search_context_size'],
    [{ max_uses: 0 }, 'max_uses'],
    [{ max_uses: 1.5 }, 'max_uses'],
    [{ max_uses: 1_000_000 }, 'max_uses'],
    [{ user_location: 'Paris' }, 'user_location'],
    [{ filters: [] }, 'filters'],
    [{ filters: { allowed_domains: 'a.example' } }, 'filters.allowed_domains'],
    [{ filters: { blocked_domains: ['a.example OR site:b'] } }, 'filters.blocked_domains'],
    [{ allowed_domains: ['https://a.example/'] }, 'allowed_domains'],
    [{ blocked_domains: Array.from({ length: 101 }, () => 'a.example') }, 'blocked_domains'],
  ])('must not be %j', (told, field) => {
    expect(refused({ web_search_options: told })).toBe(`web_search_options.${field}`);
    expect(refused({ tools: [{ type: 'web_search', ...told }] })).toBe(`tools[0].${field}`);
  });

  it('is of objects only, and of its own tools only', () => {
    expect(refused({ web_search_options: true })).toBe('web_search_options');
    expect(refused({ tools: [{ type: 'web_fetch', max_uses: 0 }] })).toBeUndefined();
  });
});
