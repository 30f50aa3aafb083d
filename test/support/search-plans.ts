import type { ChatRequest } from '../../src/core/chat.js';
import { GatewayError } from '../../src/core/errors.js';
import type { Offer } from '../../src/core/offer.js';
import type { RuleSet } from '../../src/core/rules/rule-set.js';
import { toOffer } from '../../src/providers/catalogue/catalogue-set.js';
import type { Plan } from '../../src/providers/routing/routing.service.js';
import { component, makeOffer, makeSnapshot, version } from './catalogue.js';
import { makePrincipal } from './principal.js';
import { projectCatalogue } from './project-catalogue.js';
import { askFor, credentialOf, routerWith } from './routing.js';

const NOW = Date.UTC(2026, 10, 23);
/** The catalogue of this project. */
export const CATALOGUE = projectCatalogue();
const SEARCH_OFFERS = CATALOGUE.offers
  .filter(({ modelId }) => modelId === 'web-search')
  .map(toOffer);
const SEARCH_PROVIDERS = new Set(SEARCH_OFFERS.map(({ providerId }) => providerId));
/** What asks for a search, and for nothing else of it. */
export const SEARCH = { web_search: true };

/** What there are credentials for. */
export interface SearchSetting {
  /** Search providers that there is a credential for. */
  readonly searches?: readonly string[];
  /** Providers that the organization has a credential of its own for. */
  readonly own?: readonly string[];
  readonly rules?: RuleSet;
}

/** An offer of the model `m` with a price for searches; `searches` is what the catalogue says of it. */
export function offerOf(providerId: string, searches: boolean, more: Partial<Offer> = {}): Offer {
  const { components, ...price } = version('1', '2');
  return makeOffer(providerId, 'm', {
    upstreamModel: 'gpt-4o-search-preview',
    capabilities: { inputModalities: ['text'], outputModalities: ['text'], webSearch: searches },
    prices: [{ ...price, components: [...components, component('web_search', '10000')] }],
    ...more,
  });
}

/** The plans of a request of the model `m` over these offers and those of the search providers. */
export function plansOf(
  request: Partial<ChatRequest>,
  offers: readonly Offer[],
  { searches = [], own = [], rules }: SearchSetting = {},
): readonly Plan[] {
  const router = routerWith(makeSnapshot([...offers, ...SEARCH_OFFERS]), (provider) =>
    SEARCH_PROVIDERS.has(provider.id) && !searches.includes(provider.id)
      ? []
      : [credentialOf(provider, own.includes(provider.id) ? 'organization' : 'platform')],
  );
  return router.resolve(askFor('m', request), makePrincipal(rules ? { rules } : {}), NOW).plans;
}

/** How the first plan searches, or the code of the error. */
export function searchOutcomeOf(...given: Parameters<typeof plansOf>): string {
  try {
    return plansOf(...given)[0]?.search?.mode ?? 'not at all';
  } catch (error) {
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
}
