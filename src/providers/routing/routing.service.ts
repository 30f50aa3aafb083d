import { Injectable } from '@nestjs/common';
import type { ChatRequest } from '../../core/chat.js';
import { GatewayError } from '../../core/errors.js';
import type { Offer } from '../../core/offer.js';
import type { PriceVersion } from '../../core/price.js';
import type { Principal } from '../../core/principal.js';
import type { Target } from '../../core/target.js';
import { CatalogueService } from '../catalogue/catalogue.service.js';
import { CredentialService } from '../credentials/credential.service.js';
import { PROVIDERS } from '../definitions/registry.js';
import { planParameters } from '../protocols/parameters.js';
import type { ChatProtocol } from '../protocols/protocol.js';
import { PROTOCOLS } from '../protocols/registry.js';
import { indexProviders, parseModelName, type ModelName } from './model-name.js';
import { lackOf, needsOf } from './needs.js';
import { byPrice, typicalPrice } from './score.js';

/** A target with the request made fit for it. */
export interface Plan {
  readonly target: Target;
  readonly protocol: ChatProtocol;
  readonly request: ChatRequest;
  readonly dropped: readonly string[];
}

export interface Resolution {
  readonly modelName: ModelName;
  /** Best first, at least one. */
  readonly plans: readonly Plan[];
}

/** Why an offer was passed over; the first one names the error if none is left. */
interface Refusal {
  readonly providerId: string;
  readonly reason: string;
  readonly kind: 'unpriced' | 'unsupported' | 'unfit' | 'unreachable';
  readonly param?: string;
}

type Candidate = { readonly plan: Plan; readonly price: bigint; readonly id: string };

const PROVIDER_BY_NAME = indexProviders(PROVIDERS);
const PROVIDER_BY_ID = new Map(PROVIDERS.map((provider) => [provider.id, provider]));

/** From the name of a model to the targets that may answer, best first. All in memory. */
@Injectable()
export class RoutingService {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly credentials: CredentialService,
  ) {}

  /**
   * Targets for a request, for the prices of the moment `at` (ms since the epoch).
   * @throws GatewayError model_not_found, no_provider_available, model_not_priced, unsupported_parameter
   */
  resolve(request: ChatRequest, principal: Principal, at: number): Resolution {
    const modelName = parseModelName(request.model, PROVIDER_BY_NAME);
    const offers = this.offersFor(modelName, request, at);
    const needs = needsOf(request);
    const candidates: Candidate[] = [];
    const refusals: Refusal[] = [];
    for (const offer of offers) {
      const lack = modelName.kind === 'pinned' ? undefined : lackOf(offer, needs);
      if (lack) refusals.push({ providerId: offer.providerId, reason: lack, kind: 'unfit' });
      else this.consider(offer, request, principal, at, candidates, refusals);
    }
    if (candidates.length === 0) throw refusalError(request.model, modelName, refusals);
    return { modelName, plans: candidates.sort(byPrice).map((candidate) => candidate.plan) };
  }

  private offersFor(name: ModelName, request: ChatRequest, at: number): readonly Offer[] {
    const snapshot = this.catalogue.snapshot();
    if (name.kind === 'pinned') {
      const offer = snapshot.offerAt(name.provider.id, name.name);
      if (!offer || offer.status === 'removed') throw notFound(request.model);
      return [offer];
    }
    if (name.kind === 'routed') {
      const model = snapshot.findModel(name.name);
      if (!model) throw notFound(request.model);
      if (model.type !== 'chat') {
        throw new GatewayError('invalid_parameter', {
          param: 'model',
          message: `${model.id} is not a chat model.`,
        });
      }
      return snapshot.offersOf(model.id).filter(isRoutable);
    }
    return snapshot
      .models()
      .filter((model) => model.type === 'chat')
      .flatMap((model) => snapshot.offersOf(model.id))
      .filter(
        (offer) => isRoutable(offer) && fitsAuto(offer, request, snapshot.priceAt(offer, at)),
      );
  }

  private consider(
    offer: Offer,
    request: ChatRequest,
    principal: Principal,
    at: number,
    candidates: Candidate[],
    refusals: Refusal[],
  ): void {
    const provider = PROVIDER_BY_ID.get(offer.providerId);
    const credential = provider && this.credentials.credentialFor(provider, principal);
    const refuse = (kind: Refusal['kind'], reason: string, param?: string): void => {
      refusals.push({ providerId: offer.providerId, kind, reason, ...(param ? { param } : {}) });
    };
    if (!provider || !credential) return refuse('unreachable', 'no credential is configured');
    const version = offer.suspect ? undefined : this.catalogue.snapshot().priceAt(offer, at);
    const price = version && typicalPrice(version);
    if (!version || price === undefined) return refuse('unpriced', 'has no price');
    const target: Target = {
      offer,
      provider,
      credential,
      price: version,
      baseUrl: this.credentials.baseUrlOf(provider),
    };
    const protocol = PROTOCOLS[provider.protocol];
    const { refused, ...planned } = planParameters(request, protocol, target);
    if (refused.length > 0)
      return refuse('unsupported', `does not support ${refused.join(', ')}`, refused[0]);
    candidates.push({ plan: { target, protocol, ...planned }, price, id: offer.id });
  }
}

function isRoutable(offer: Offer): boolean {
  return (
    (offer.status === 'active' || offer.status === 'beta') &&
    offer.variant === null &&
    !offer.suspect
  );
}

function fitsAuto(offer: Offer, request: ChatRequest, price: PriceVersion | undefined): boolean {
  if (request['no_reasoning'] === true && offer.capabilities.reasoning === true) return false;
  if (request['free_models_only'] !== true) return true;
  return price?.components.every((component) => component.price === 0n) ?? false;
}

function notFound(model: string): GatewayError {
  return new GatewayError('model_not_found', {
    param: 'model',
    message: `The model ${JSON.stringify(model)} does not exist.`,
  });
}

function refusalError(model: string, name: ModelName, refusals: readonly Refusal[]): GatewayError {
  const of = (kind: Refusal['kind']): Refusal | undefined =>
    refusals.find((refusal) => refusal.kind === kind);
  const unsupported = of('unsupported');
  if (unsupported?.param) {
    const message = `${unsupported.param} is not supported by ${name.kind === 'pinned' ? model : `any provider of ${model}`}.`;
    return new GatewayError('unsupported_parameter', { param: unsupported.param, message });
  }
  if (of('unpriced'))
    return new GatewayError('model_not_priced', {
      param: 'model',
      message: `${model} has no price and cannot be billed.`,
    });
  const reasons = [
    ...new Set(refusals.map((refusal) => `${refusal.providerId}: ${refusal.reason}`)),
  ]
    .slice(0, 8)
    .join('; ');
  const message = `No provider is available for ${model}${reasons ? ` (${reasons})` : ''}.`;
  return new GatewayError('no_provider_available', { param: 'model', message });
}
