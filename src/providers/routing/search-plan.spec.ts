import { describe, expect, it } from '@jest/globals';
import { component, makeOffer, makeSnapshot, version } from '../../../test/support/catalogue.js';
import { noCustomProviders } from '../../../test/support/custom-providers.js';
import { makePrincipal } from '../../../test/support/principal.js';
import { projectCatalogue } from '../../../test/support/project-catalogue.js';
import { denyModels, denyProviders } from '../../../test/support/rules.js';
import type { ChatRequest } from '../../core/chat.js';
import { GatewayError } from '../../core/errors.js';
import type { Offer } from '../../core/offer.js';
import type { ProviderDefinition } from '../../core/provider.js';
import type { RuleSet } from '../../core/rules/rule-set.js';
import { toOffer } from '../catalogue/catalogue-set.js';
import type { CatalogueService } from '../catalogue/catalogue.service.js';
import type { CredentialService } from '../credentials/credential.service.js';
import { PROVIDERS } from '../definitions/registry.js';
import { RoutingService, type Plan } from './routing.service.js';

const NOW = Date.UTC(2026, 10, 23);
const CATALOGUE = projectCatalogue();
const SEARCH_OFFERS = CATALOGUE.offers
  .filter(({ modelId }) => modelId === 'web-search')
  .map(toOffer);
const SEARCH = { web_search: true };
const FUNCTION = { type: 'function' as const, function: { name: 'f' } };

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

interface Setting {
  /** Search providers that there is a credential for. */
  readonly searches?: readonly string[];
  readonly own?: readonly string[];
  readonly rules?: RuleSet;
}

function offerOf(providerId: string, searches: boolean, more: Partial<Offer> = {}): Offer {
  const { components, ...price } = version('1', '2');
  return makeOffer(providerId, 'm', {
    upstreamModel: 'gpt-4o-search-preview',
    capabilities: { inputModalities: ['text'], outputModalities: ['text'], webSearch: searches },
    prices: [{ ...price, components: [...components, component('web_search', '10000')] }],
    ...more,
  });
}

function plansOf(
  request: Partial<ChatRequest>,
  offers: readonly Offer[],
  { searches = [], own = [], rules }: Setting = {},
): readonly Plan[] {
  const snapshot = makeSnapshot([...offers, ...SEARCH_OFFERS]);
  const isSearch = ({ id }: ProviderDefinition): boolean =>
    SEARCH_OFFERS.some(({ providerId }) => providerId === id);
  const credentials = {
    credentialsFor: (provider: ProviderDefinition) => {
      const { id, baseUrl } = provider;
      if (isSearch(provider) && !searches.includes(id)) return [];
      const owner = own.includes(id) ? 'organization' : 'platform';
      return [{ id: `${owner}:${id}`, owner, secret: 's', baseUrl, origin: baseUrl }];
    },
  };
  const router = new RoutingService(
    { snapshot: () => snapshot } as CatalogueService,
    credentials as unknown as CredentialService,
    noCustomProviders,
  );
  const asked = { model: 'm', messages: [{ role: 'user' as const, content: 'Hello' }], ...request };
  return router.resolve(asked, makePrincipal(rules ? { rules } : {}), NOW).plans;
}

/** How the first plan searches, or the error. */
function outcomeOf(...given: Parameters<typeof plansOf>): string {
  try {
    return plansOf(...given)[0]?.search?.mode ?? 'not at all';
  } catch (error) {
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
}

describe('every provider', () => {
  it.each(PROVIDERS.map(({ id }) => [id]))('%s: native, injected, refused', (id) => {
    const isNative = [...BY_TOOL, ...BY_OPTIONS, ...WOULD_BY_OPTIONS].includes(id);
    const able = offerOf(id, true);
    const unable = offerOf(id, false);
    const searches = ['serper'];
    expect({
      native: outcomeOf(SEARCH, [able]),
      nativeBeforeInjected: outcomeOf(SEARCH, [able], { searches }),
      injected: outcomeOf(SEARCH, [unable], { searches }),
      refused: outcomeOf(SEARCH, [unable]),
      notAsked: outcomeOf({}, [able], { searches }),
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
      outcomeOf({ model: offer.id, ...SEARCH }, [offer], { searches: ['serper'] }) === 'native';
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
    expect(outcomeOf(SEARCH, [offerOf('openai', true, more)])).toBe('native');
    expect(outcomeOf(SEARCH, [offerOf('anthropic', true, more)])).toBe('unsupported_parameter');
    const unpriced = { ...more, prices: [version('1', '2')] };
    expect(outcomeOf(SEARCH, [offerOf('openai', true, unpriced)])).toBe('unsupported_parameter');
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
    expect(outcomeOf(SEARCH, [unpriced], { searches })).toBe('injected');
  });

  it('that the provider cannot do as asked is injected', () => {
    const gemini = offerOf('google-ai-studio', true, { upstreamModel: 'gemini-2.5-flash' });
    const asks: Partial<ChatRequest>[] = [
      { tools: [FUNCTION], web_search: true },
      { web_search: true, response_format: { type: 'json_object' } },
      { web_search_options: { user_location: { type: 'approximate', country: 'FR' } } },
    ];
    expect(asks.map((ask) => outcomeOf(ask, [gemini], { searches }))).toEqual(
      asks.map(() => 'injected'),
    );
    expect(outcomeOf({ web_search: true }, [gemini], { searches })).toBe('native');
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
    expect(outcomeOf(SEARCH, offers, { searches, own: ['groq'] })).toBe('unsupported_parameter');
    expect(outcomeOf(SEARCH, offers, { searches, own: ['serper'] })).toBe('unsupported_parameter');
    expect(outcomeOf(SEARCH, offers, { searches, own: ['groq', 'serper'] })).toBe('injected');
  });

  it('is kept from providers that the rules deny, whatever else they say', () => {
    const offers = [offerOf('groq', false)];
    const denied = { searches, rules: denyProviders('serper') };
    expect(outcomeOf(SEARCH, offers, denied)).toBe('unsupported_parameter');
    const unconcerned = { searches, rules: denyModels('web-search') };
    expect(outcomeOf(SEARCH, offers, unconcerned)).toBe('injected');
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
