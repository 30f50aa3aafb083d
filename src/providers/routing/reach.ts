import type { ChatRequest } from '../../core/chat.js';
import { GatewayError } from '../../core/errors.js';
import type { Offer } from '../../core/offer.js';
import { isFree, type PriceVersion } from '../../core/price.js';
import type { CatalogueSnapshot } from '../catalogue/catalogue-snapshot.js';
import type { ModelName } from './model-name.js';

/**
 * The offers that the model of a request can mean, with the prices of the moment `at` (ms since the epoch). `own` has
 * what the caller's organization has beside the catalogue; `auto` never takes it.
 * @throws GatewayError model_not_found, invalid_parameter
 */
export function offersReached(
  name: ModelName,
  request: Pick<ChatRequest, 'model'> & Readonly<Record<string, unknown>>,
  snapshot: CatalogueSnapshot,
  at: number,
  own: CatalogueSnapshot,
): readonly Offer[] {
  if (name.kind === 'pinned') {
    const { provider } = name;
    const offer = own.offerAt(provider.id, name.name) ?? snapshot.offerAt(provider.id, name.name);
    if (!offer || offer.status === 'removed') throw notFound(request.model);
    return [offer];
  }
  if (name.kind === 'routed') {
    const model = snapshot.findModel(name.name) ?? own.findModel(name.name);
    if (!model) throw notFound(request.model);
    if (model.type !== 'chat') {
      throw new GatewayError('invalid_parameter', {
        param: 'model',
        message: `${model.id} is not a chat model.`,
      });
    }
    return [...snapshot.offersOf(model.id), ...own.offersOf(model.id)].filter(isRoutable);
  }
  return snapshot
    .models()
    .filter((model) => model.type === 'chat')
    .flatMap((model) => snapshot.offersOf(model.id))
    .filter((offer) => isRoutable(offer) && fitsAuto(offer, request, snapshot.priceAt(offer, at)));
}

function isRoutable(offer: Offer): boolean {
  return (
    (offer.status === 'active' || offer.status === 'beta') &&
    offer.variant === null &&
    !offer.suspect
  );
}

function fitsAuto(
  offer: Offer,
  request: Readonly<Record<string, unknown>>,
  price: PriceVersion | undefined,
): boolean {
  if (request['no_reasoning'] === true && offer.capabilities.reasoning === true) return false;
  return request['free_models_only'] !== true || (price !== undefined && isFree(price));
}

function notFound(model: string): GatewayError {
  return new GatewayError('model_not_found', {
    param: 'model',
    message: `The model ${JSON.stringify(model)} does not exist.`,
  });
}
