import type { ChatRequest } from '../../core/chat.js';
import type { ProviderDefinition } from '../../core/provider.js';
import type { Target } from '../../core/target.js';
import { planParameters, ruleFor, type ParameterPlan } from '../protocols/parameters.js';
import type { ChatProtocol } from '../protocols/protocol.js';
import { PROTOCOLS } from '../protocols/registry.js';
import { searchPriceOf, type SearchTarget } from '../search/targets.js';
import {
  searchingByOptions,
  searchingByTool,
  withoutWebSearch,
  type WebSearchWish,
} from '../search/wish.js';
import { inDialect, inSearchDialect } from './dialect.js';

/** How the web is searched for a call: by its provider, or by one of `targets`, whose results the request is given. */
export type PlannedSearch =
  | { readonly mode: 'native'; readonly wish: WebSearchWish }
  | {
      readonly mode: 'injected';
      readonly wish: WebSearchWish;
      /** At least one, in the order in which they are asked. */
      readonly targets: readonly SearchTarget[];
    };

/** A request made fit for a target, which is its offer in the dialect that the request takes. */
export interface FitPlan extends ParameterPlan {
  readonly target: Target;
  readonly protocol: ChatProtocol;
  readonly search?: PlannedSearch;
}

/** An offer with its price and credential, not yet in any dialect. */
export type Undecided = Omit<Target, 'provider'> & { readonly known: ProviderDefinition };

/** A request that wants no search made fit for an offer, in the offer's own dialect. */
export function planPlainly(request: ChatRequest, undecided: Undecided): FitPlan {
  return fitFor(request, targetOf(undecided, inDialect(undecided.known, undecided.offer)));
}

/**
 * A request that wants a search made fit for an offer: native where the offer searches at a known price and the dialect
 * in which its provider searches can ask for this search; else in its own dialect, injected where a search provider may
 * be asked. Undefined where neither can be.
 */
export function planSearch(
  request: ChatRequest,
  wish: WebSearchWish,
  undecided: Undecided,
  searchTargets: () => readonly SearchTarget[],
): FitPlan | undefined {
  const target = targetOf(undecided, inSearchDialect(undecided.known, undecided.offer));
  const asked = nativeRequest(request, wish, target);
  const native = asked && fitFor(asked, target);
  if (native?.refused.length === 0) return { ...native, search: { mode: 'native', wish } };
  const targets = searchTargets();
  if (targets.length === 0) return native;
  const injected = planPlainly(withoutWebSearch(request), undecided);
  return { ...injected, search: { mode: 'injected', wish, targets } };
}

function fitFor(request: ChatRequest, target: Target): FitPlan {
  const protocol = PROTOCOLS[target.provider.protocol];
  const { request: fit, dropped, refused } = planParameters(request, protocol, target);
  return { request: fit, dropped, refused, target, protocol };
}

function targetOf(
  { offer, baseUrl, credential, price }: Undecided,
  provider: ProviderDefinition,
): Target {
  return { offer, provider, baseUrl, credential, price };
}

function nativeRequest(
  request: ChatRequest,
  wish: WebSearchWish,
  target: Target,
): ChatRequest | undefined {
  // Unknown cost is never zero.
  if (!searchesItself(target) || searchPriceOf(target.price) === undefined) return undefined;
  const protocol = PROTOCOLS[target.provider.protocol];
  const form = protocol.webSearch?.(target);
  // A provider of the dialect may lack what others of it have.
  const isKnown = ruleFor('web_search', protocol, target).rule !== 'refuse';
  if (form === 'tool') return isKnown ? searchingByTool(request, wish) : undefined;
  return form === 'options' ? searchingByOptions(request, wish) : undefined;
}

/** As the catalogue says; where it does not, a provider with a dialect for searches has them for what it prices so. */
function searchesItself({ offer, provider }: Target): boolean {
  return (
    offer.capabilities.webSearch ??
    provider.dialects?.some(({ webSearch }) => webSearch !== undefined) ??
    false
  );
}
