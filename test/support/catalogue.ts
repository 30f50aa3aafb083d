import { parseUsd } from '../../src/core/money.js';
import type { Offer } from '../../src/core/offer.js';
import type { Meter, PriceComponent, PriceVersion } from '../../src/core/price.js';
import {
  CatalogueSnapshot,
  type CatalogueModel,
} from '../../src/providers/catalogue/catalogue-snapshot.js';

/** A component by decimal USD per million units. */
export function component(
  meter: Meter,
  usd: string,
  conditions: PriceComponent['conditions'] = {},
): PriceComponent {
  return { meter, price: parseUsd(usd), conditions };
}

/** A price version of one input and one output price, decimal USD per million tokens. */
export function version(input: string, output: string, validFrom = 0): PriceVersion {
  return {
    id: `${input}/${output}@${validFrom}`,
    validFrom,
    components: [component('input', input), component('output', output)],
  };
}

/** An active offer of `modelId` at a provider; what a test does not say is made up. */
export function makeOffer(providerId: string, modelId: string, more: Partial<Offer> = {}): Offer {
  return {
    id: `${providerId}/${modelId}${more.variant ? `:${more.variant}` : ''}`,
    modelId,
    providerId,
    upstreamModel: modelId,
    variant: null,
    contextWindow: null,
    maxOutputTokens: null,
    capabilities: { inputModalities: ['text'], outputModalities: ['text'] },
    status: 'active',
    suspect: false,
    prices: [version('1', '2')],
    ...more,
  };
}

/** A chat model. */
export function makeModel(id: string, more: Partial<CatalogueModel> = {}): CatalogueModel {
  return {
    id,
    name: id,
    lab: 'lab',
    family: 'family',
    type: 'chat',
    releasedAt: null,
    contextWindow: null,
    maxOutputTokens: null,
    capabilities: { inputModalities: ['text'], outputModalities: ['text'] },
    ...more,
  };
}

/** A catalogue of these offers, with a chat model for each that is not given. */
export function makeSnapshot(
  offers: readonly Offer[],
  models: readonly CatalogueModel[] = [],
  aliases: Readonly<Record<string, string>> = {},
): CatalogueSnapshot {
  const known = new Set(models.map(({ id }) => id));
  const missing = new Set(offers.map(({ modelId }) => modelId).filter((id) => !known.has(id)));
  return CatalogueSnapshot.of({
    models: [...models, ...[...missing].map((id) => makeModel(id))],
    aliases: new Map(Object.entries(aliases)),
    offers,
  });
}
