import { Injectable } from '@nestjs/common';
import type { ChatRequest } from '../../core/chat.js';
import type { Offer } from '../../core/offer.js';
import type { Principal } from '../../core/principal.js';
import type { Decision } from '../../core/rules/decide.js';
import type { Credential, Target } from '../../core/target.js';
import { CatalogueService } from '../catalogue/catalogue.service.js';
import { CredentialService } from '../credentials/credential.service.js';
import { CustomProviderService } from '../custom/custom-provider.service.js';
import type { OwnProviders } from '../custom/custom-provider.js';
import { PROVIDERS } from '../definitions/registry.js';
import type { ChatProtocol } from '../protocols/protocol.js';
import { searchTargetsFor, type SearchTarget } from '../search/targets.js';
import { webSearchWishOf, withoutWebSearch, type WebSearchWish } from '../search/wish.js';
import { indexProviders, parseModelName, type ModelName } from './model-name.js';
import { lackOf, needsOf, type Needs } from './needs.js';
import { isProviderAllowed, permissionOf } from './permission.js';
import { offersReached } from './reach.js';
import { refusalError, ruledOutError, type Refusal, type RuledOut } from './refusal.js';
import { byPrice, typicalPrice } from './score.js';
import { planPlainly, planSearch, type PlannedSearch, type Undecided } from './search-plan.js';
import { noSearch } from './search-refusal.js';

/** A target with the request made fit for it. */
export interface Plan {
  readonly target: Target;
  readonly protocol: ChatProtocol;
  readonly request: ChatRequest;
  readonly dropped: readonly string[];
  /** How the web is searched for it; absent where nobody asked for that. */
  readonly search?: PlannedSearch;
}

export interface Resolution {
  readonly modelName: ModelName;
  /** Best first, at least one. */
  readonly plans: readonly Plan[];
}

/** An offer, and what the rules say of it. */
export interface Permission {
  readonly offer: Offer;
  readonly decision: Decision;
}

interface Candidate {
  readonly plan: Plan;
  readonly price: bigint;
  readonly id: string;
}

interface Asked {
  readonly request: ChatRequest;
  readonly principal: Principal;
  readonly own: OwnProviders;
  readonly at: number;
  /** Undefined where the caller chose the offer: it is asked for what the catalogue thinks that it lacks. */
  readonly needs: Needs | undefined;
  /** Undefined where it wants no search of the web. */
  readonly wish: WebSearchWish | undefined;
}

/** A call makes three attempts at most. */
const MAX_CREDENTIALS = 3;

const PROVIDER_BY_NAME = indexProviders(PROVIDERS);
const PROVIDER_BY_ID = new Map(PROVIDERS.map((provider) => [provider.id, provider]));

/** From the name of a model to the targets that may answer, best first. All in memory. */
@Injectable()
export class RoutingService {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly credentials: CredentialService,
    private readonly custom: CustomProviderService,
  ) {}

  /**
   * Undefined where `resolve` can be asked at once, else a promise that resolves once it can.
   * @throws (rejects) GatewayError ledger_unavailable where the principal's credentials or providers cannot be read
   */
  ready(principal: Principal): Promise<void> | undefined {
    const credentials = this.credentials.ready(principal);
    const custom = this.custom.ready(principal);
    if (credentials === undefined) return custom;
    return custom ? Promise.all([credentials, custom]).then(() => undefined) : credentials;
  }

  /**
   * Targets for a request, for the prices of the moment `at` (ms since the epoch).
   * @throws GatewayError model_not_found, no_provider_available, model_not_priced, unsupported_parameter,
   *   model_not_allowed, provider_not_allowed
   */
  resolve(request: ChatRequest, principal: Principal, at: number): Resolution {
    const own = this.custom.of(principal);
    const modelName = parseModelName(request.model, PROVIDER_BY_NAME, own.providers);
    const snapshot = this.catalogue.snapshot();
    const wish = webSearchWishOf(request);
    const asked: Asked = {
      request,
      principal,
      own,
      at,
      needs:
        modelName.kind === 'pinned'
          ? undefined
          : needsOf(wish ? withoutWebSearch(request) : request),
      wish,
    };
    const candidates: Candidate[] = [];
    const refusals: Refusal[] = [];
    const ruledOut: (RuledOut & { readonly offer: Offer })[] = [];
    for (const offer of offersReached(modelName, request, snapshot, at, own.snapshot)) {
      const decision = permissionOf(principal.rules, snapshot, offer, at, request.service_tier);
      if (!decision.allowed) {
        ruledOut.push({ offer, providerId: offer.providerId, refusal: decision });
        continue;
      }
      const found = this.consider(offer, asked);
      if ('plan' in found) candidates.push(found);
      else refusals.push(found);
    }
    if (candidates.length > 0)
      return { modelName, plans: this.plansOf(inOrder(candidates, wish), principal) };
    // The rules are to blame where what they refuse would have answered.
    const wouldAnswer = ruledOut.some(({ offer }) => 'plan' in this.consider(offer, asked));
    if (wouldAnswer || (ruledOut.length > 0 && refusals.length === 0))
      throw ruledOutError(request.model, principal.apiKeyId, ruledOut);
    throw refusalError(request.model, modelName, refusals);
  }

  /**
   * Every offer that a model's name reaches, and whether the rules of a principal let it be used, at the prices of the
   * moment `at`. @throws GatewayError model_not_found, invalid_parameter
   */
  permissions(model: string, principal: Principal, at: number): readonly Permission[] {
    const snapshot = this.catalogue.snapshot();
    const own = this.custom.of(principal);
    const name = parseModelName(model, PROVIDER_BY_NAME, own.providers);
    return offersReached(name, { model }, snapshot, at, own.snapshot).map((offer) => ({
      offer,
      decision: permissionOf(principal.rules, snapshot, offer, at),
    }));
  }

  private consider(offer: Offer, asked: Asked): Candidate | Refusal {
    const { request, principal, own, at, needs, wish } = asked;
    const refuse = (kind: Refusal['kind'], reason: string, param?: string): Refusal => ({
      providerId: offer.providerId,
      kind,
      reason,
      ...(param ? { param } : {}),
    });
    const lack = needs && lackOf(offer, needs);
    if (lack) return refuse('unfit', lack);
    const known = PROVIDER_BY_ID.get(offer.providerId) ?? own.providers.get(offer.providerId);
    const credential = known && this.credentials.credentialsFor(known, principal)[0];
    if (!known || !credential) return refuse('unreachable', 'no credential is configured');
    const version = offer.suspect ? undefined : this.catalogue.snapshot().priceAt(offer, at);
    const price = version && typicalPrice(version);
    if (!version || price === undefined) return refuse('unpriced', 'has no price');
    const { baseUrl } = credential;
    const undecided: Undecided = { offer, known, credential, price: version, baseUrl };
    const fit = wish
      ? planSearch(request, wish, undecided, () => this.searchTargets(asked, credential.owner))
      : planPlainly(request, undecided);
    if (!fit) return { providerId: offer.providerId, ...noSearch(wish?.param, credential.owner) };
    const { refused, target, protocol, dropped, search } = fit;
    if (refused.length > 0)
      return refuse('unsupported', `does not support ${refused.join(', ')}`, refused[0]);
    const plan = { target, protocol, request: fit.request, dropped, ...(search && { search }) };
    return { plan, price, id: offer.id };
  }

  private searchTargets(
    { principal, at }: Asked,
    owner: Credential['owner'],
  ): readonly SearchTarget[] {
    const snapshot = this.catalogue.snapshot();
    return searchTargetsFor({
      snapshot,
      owner,
      at,
      credentialsFor: (provider) => this.credentials.credentialsFor(provider, principal),
      allows: (offer) => isProviderAllowed(principal.rules, snapshot, offer),
    });
  }

  /**
   * The plans of candidates, each with the further credentials of its provider behind it. Where one goes by the
   * organization's own credentials all do: a call is either the organization's own or paid from its wallet.
   */
  private plansOf(candidates: readonly Candidate[], principal: Principal): readonly Plan[] {
    const isMixed = principal.projectMode === 'hybrid' && candidates.some(isOwn);
    const plans: Plan[] = [];
    for (const { plan } of isMixed ? candidates.filter(isOwn) : candidates) {
      const { target } = plan;
      const credentials = this.credentials.credentialsFor(target.provider, principal);
      plans.push(plan);
      if (credentials.length === 1) continue;
      for (const credential of credentials.slice(1, MAX_CREDENTIALS))
        plans.push({ ...plan, target: { ...target, credential, baseUrl: credential.baseUrl } });
    }
    return plans;
  }
}

/** Cheapest first; where a search is wanted, offers that search themselves before those that are given results. */
function inOrder(candidates: Candidate[], wish: WebSearchWish | undefined): Candidate[] {
  const sorted = candidates.sort(byPrice);
  if (!wish) return sorted;
  const isNative = ({ plan }: Candidate): boolean => plan.search?.mode === 'native';
  return sorted.sort((left, right) => Number(isNative(right)) - Number(isNative(left)));
}

function isOwn({ plan }: Candidate): boolean {
  return plan.target.credential.owner === 'organization';
}
