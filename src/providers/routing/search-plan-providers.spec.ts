import { describe, expect, it } from '@jest/globals';
import {
  CATALOGUE,
  offerOf,
  plansOf,
  SEARCH,
  searchOutcomeOf,
} from '../../../test/support/search-plans.js';
import type { Offer } from '../../core/offer.js';
import { toOffer } from '../catalogue/catalogue-set.js';
import { PROVIDERS } from '../definitions/registry.js';

/** Who searches by itself, by the one way or the other, where an offer can; of OpenAI's chat the search models. */
const BY_TOOL = [
  'xai',
  'meta',
  'anthropic',
  'google-ai-studio',
  'azure-anthropic',
  'google-vertex',
  'google-vertex-anthropic',
];
const BY_OPTIONS = ['perplexity', 'openrouter', 'sandbox', 'openai'];
/** They pass the options on, but the catalogue says of none of their offers that it searches. */
const WOULD_BY_OPTIONS = ['vercel', 'requesty', 'voyage', 'jina'];

describe('every provider', () => {
  it.each(PROVIDERS.map(({ id }) => [id]))('%s: native, injected, refused', (id) => {
    const isNative = [...BY_TOOL, ...BY_OPTIONS, ...WOULD_BY_OPTIONS].includes(id);
    const able = offerOf(id, true);
    const unable = offerOf(id, false);
    const searches = ['serper'];
    expect({
      native: searchOutcomeOf(SEARCH, [able]),
      nativeBeforeInjected: searchOutcomeOf(SEARCH, [able], { searches }),
      injected: searchOutcomeOf(SEARCH, [unable], { searches }),
      refused: searchOutcomeOf(SEARCH, [unable]),
      notAsked: searchOutcomeOf({}, [able], { searches }),
    }).toEqual({
      native: isNative ? 'native' : 'unsupported_parameter',
      nativeBeforeInjected: isNative ? 'native' : 'injected',
      injected: 'injected',
      refused: 'unsupported_parameter',
      notAsked: 'not at all',
    });
  });

  it('of those in the catalogue these search by themselves', () => {
    const isNative = (offer: Offer) =>
      searchOutcomeOf({ model: offer.id, ...SEARCH }, [offer], { searches: ['serper'] }) ===
      'native';
    const offers = CATALOGUE.offers.filter(({ status }) => status !== 'removed');
    const able = offers.map(toOffer).filter((offer) => !offer.suspect && isNative(offer));
    expect([...new Set(able.map(({ providerId }) => providerId))].sort()).toEqual([
      'anthropic',
      'google-ai-studio',
      'google-vertex',
      'openai',
      'perplexity',
      'sandbox',
      'xai',
    ]);
    const [grok] = able.filter(({ modelId }) => modelId === 'grok-4.3');
    const [plan] = plansOf({ model: 'grok-4.3', ...SEARCH }, grok ? [grok] : []);
    expect([plan?.search?.mode, plan?.protocol.id]).toEqual(['native', 'responses']);
  });

  it.each(BY_OPTIONS)('%s is asked by options', (id) => {
    const user_location = { type: 'approximate', country: 'FR' };
    const tools = [{ type: 'web_search', search_context_size: 'low', max_uses: 2, user_location }];
    const [plan] = plansOf({ tools }, [offerOf(id, true)]);
    expect(plan?.request['web_search_options']).toEqual({
      search_context_size: 'low',
      user_location: { type: 'approximate', approximate: { country: 'FR' } },
    });
    expect(plan?.request.tools).toBeUndefined();
  });

  it('anthropic is asked by a tool with all that was said', () => {
    const options = { user_location: { type: 'approximate', approximate: { city: 'Oslo' } } };
    const request = { web_search_options: options, tools: [{ type: 'web_search', max_uses: 3 }] };
    const [plan] = plansOf(request, [offerOf('anthropic', true)]);
    expect(plan?.request['web_search_options']).toBeUndefined();
    expect(plan?.request.tools).toEqual([{ type: 'web_search', max_uses: 3, ...options }]);
  });
});
