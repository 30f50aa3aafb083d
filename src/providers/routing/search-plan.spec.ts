import { describe, expect, it } from '@jest/globals';
import { makeOffer, version } from '../../../test/support/catalogue.js';
import { denyModels, denyProviders } from '../../../test/support/rules.js';
import { offerOf, plansOf, SEARCH, searchOutcomeOf } from '../../../test/support/search-plans.js';
import type { ChatRequest } from '../../core/chat.js';

const FUNCTION = { type: 'function' as const, function: { name: 'f' } };

describe('a search', () => {
  const searches = ['serper'];

  it('is asked for at OpenAI’s Responses API, but of search models at its chat API', () => {
    const [search] = plansOf(SEARCH, [offerOf('openai', true)], { searches });
    expect([search?.search?.mode, search?.protocol.id]).toEqual(['native', 'chat-completions']);
    const asked = { web_search_options: { search_context_size: 'low' } };
    const [other] = plansOf(asked, [offerOf('openai', true, { upstreamModel: 'gpt-5' })]);
    expect([other?.search?.mode, other?.protocol.id]).toEqual(['native', 'responses']);
    expect(other?.target.provider.protocol).toBe('responses');
    expect(other?.request.tools).toEqual([{ type: 'web_search', search_context_size: 'low' }]);
    expect(other?.request).not.toHaveProperty('web_search_options');
  });

  it('has its price stand for the catalogue’s word where a provider has a dialect for it', () => {
    const { webSearch: _unsaid, ...unsaid } = offerOf('openai', true).capabilities;
    const more = { upstreamModel: 'gpt-4o', capabilities: unsaid };
    expect(searchOutcomeOf(SEARCH, [offerOf('openai', true, more)])).toBe('native');
    expect(searchOutcomeOf(SEARCH, [offerOf('anthropic', true, more)])).toBe(
      'unsupported_parameter',
    );
    const unpriced = { ...more, prices: [version('1', '2')] };
    expect(searchOutcomeOf(SEARCH, [offerOf('openai', true, unpriced)])).toBe(
      'unsupported_parameter',
    );
  });

  it('is injected in the offer’s own dialect where the one for searches has no price or cannot', () => {
    const more = { upstreamModel: 'gpt-4.1' };
    const cannot = plansOf({ ...SEARCH, stop: 'x' }, [offerOf('openai', true, more)], { searches });
    const unpriced = offerOf('xai', true, { prices: [version('1', '2')] });
    const [first, second] = [...cannot, ...plansOf(SEARCH, [unpriced], { searches })];
    expect([first?.search?.mode, first?.protocol.id]).toEqual(['injected', 'chat-completions']);
    expect([second?.search?.mode, second?.protocol.id]).toEqual(['injected', 'chat-completions']);
  });

  it('without a price is not the provider’s own', () => {
    const unpriced = offerOf('anthropic', true, { prices: [version('1', '2')] });
    expect(searchOutcomeOf(SEARCH, [unpriced], { searches })).toBe('injected');
  });

  it('that the provider cannot do as asked is injected', () => {
    const gemini = offerOf('google-ai-studio', true, { upstreamModel: 'gemini-2.5-flash' });
    const asks: Partial<ChatRequest>[] = [
      { tools: [FUNCTION], web_search: true },
      { web_search: true, response_format: { type: 'json_object' } },
      { web_search_options: { user_location: { type: 'approximate', country: 'FR' } } },
    ];
    expect(asks.map((ask) => searchOutcomeOf(ask, [gemini], { searches }))).toEqual(
      asks.map(() => 'injected'),
    );
    expect(searchOutcomeOf({ web_search: true }, [gemini], { searches })).toBe('native');
  });

  it('leaves nothing of itself in a request that results are injected into', () => {
    const request = { ...SEARCH, web_search_options: {}, tools: [{ type: 'web_search' }] };
    const [plan] = plansOf({ ...request, tool_choice: 'auto' }, [offerOf('groq', false)], {
      searches,
    });
    expect(Object.keys(plan?.request ?? {})).toEqual(['model', 'messages']);
    expect(plan?.dropped).toEqual([]);
  });

  it('keeps the functions beside it', () => {
    const tools = [FUNCTION, { type: 'web_search' }];
    const [plan] = plansOf({ tools }, [offerOf('groq', false)], { searches });
    expect(plan?.request.tools).toEqual([FUNCTION]);
  });

  it('goes to offers that search themselves first, to the cheapest search provider else', () => {
    const offers = [
      offerOf('anthropic', true, { prices: [...offerOf('anthropic', true).prices] }),
      makeOffer('groq', 'm', { prices: [version('0.1', '0.1')] }),
    ];
    const plans = plansOf(SEARCH, offers, { searches: ['tavily', 'searxng', 'serper', 'brave'] });
    expect(plans.map(({ target, search }) => [target.provider.id, search?.mode])).toEqual([
      ['anthropic', 'native'],
      ['groq', 'injected'],
    ]);
    const search = plans[1]?.search;
    if (search?.mode !== 'injected') throw new Error('is not injected');
    const asked = search.targets.map(({ provider }) => provider.definition.id);
    expect(asked).toEqual(['searxng', 'serper', 'brave', 'tavily']);
  });

  it('is paid by the purse that the model is paid by', () => {
    const offers = [offerOf('groq', false)];
    expect(searchOutcomeOf(SEARCH, offers, { searches, own: ['groq'] })).toBe(
      'unsupported_parameter',
    );
    expect(searchOutcomeOf(SEARCH, offers, { searches, own: ['serper'] })).toBe(
      'unsupported_parameter',
    );
    expect(searchOutcomeOf(SEARCH, offers, { searches, own: ['groq', 'serper'] })).toBe('injected');
  });

  it('is kept from providers that the rules deny, whatever else they say', () => {
    const offers = [offerOf('groq', false)];
    const denied = { searches, rules: denyProviders('serper') };
    expect(searchOutcomeOf(SEARCH, offers, denied)).toBe('unsupported_parameter');
    const unconcerned = { searches, rules: denyModels('web-search') };
    expect(searchOutcomeOf(SEARCH, offers, unconcerned)).toBe('injected');
  });

  it('that nobody can do is refused with what to set', () => {
    const request = { web_search_options: {} };
    expect(() => plansOf(request, [offerOf('groq', false)])).toThrow(
      expect.objectContaining({
        param: 'web_search_options',
        message: expect.stringContaining('Set one of SERPER_API_KEY, BRAVE_API_KEY'),
      }),
    );
  });
});
