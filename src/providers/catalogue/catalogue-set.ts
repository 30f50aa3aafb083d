import type { Offer } from '../../core/offer.js';
import { CatalogueFileError } from './catalogue-fields.js';
import {
  parseAliases,
  parseModels,
  parseOffers,
  type AliasRecord,
  type CatalogueText,
  type OfferRecord,
} from './catalogue-file.js';
import { toPriceComponent } from './catalogue-price.js';
import type { CatalogueModel } from './catalogue-snapshot.js';

/** All files of the catalogue, read and checked against each other. */
export interface CatalogueSet {
  readonly models: readonly CatalogueModel[];
  readonly aliases: readonly AliasRecord[];
  readonly offers: readonly OfferRecord[];
}

/**
 * Reads all files of the catalogue: `aliases.json`, `models/*.json`, `offers/*.json`; others are passed over.
 * @param providerIds the providers that there are
 * @throws CatalogueFileError for a file that is not valid, an id that is there twice, a model or a provider that is
 *   missing.
 */
export function parseCatalogue(
  files: readonly CatalogueText[],
  providerIds: ReadonlySet<string>,
): CatalogueSet {
  const inFolder = (folder: string): readonly CatalogueText[] =>
    files.filter(({ name }) => name.startsWith(`${folder}/`) && name.endsWith('.json'));
  const set: CatalogueSet = {
    models: inFolder('models').flatMap(parseModels),
    offers: inFolder('offers').flatMap(parseOffers),
    aliases: files.filter(({ name }) => name === 'aliases.json').flatMap(parseAliases),
  };
  checkReferences(set, providerIds);
  return set;
}

/**
 * Whether every id is there once and every reference leads somewhere.
 * @param knownModelIds models that are there beside those of the set
 * @throws CatalogueFileError naming what is twice or missing
 */
export function checkReferences(
  { models, aliases, offers }: CatalogueSet,
  providerIds: ReadonlySet<string>,
  knownModelIds: ReadonlySet<string> = new Set(),
): void {
  const ownModelIds = uniqueSet(
    'model',
    models.map(({ id }) => id),
  );
  const modelIds = new Set([...knownModelIds, ...ownModelIds]);
  uniqueSet(
    'offer',
    offers.map(({ id }) => id),
  );
  uniqueSet(
    'upstream model',
    offers.map(({ providerId, upstreamModel }) => `${providerId}/${upstreamModel}`),
  );
  for (const alias of uniqueSet(
    'alias',
    aliases.map((entry) => entry.alias),
  )) {
    if (modelIds.has(alias))
      throw new CatalogueFileError(`aliases.json: ${alias} is the id of a model`);
  }
  for (const { alias, modelId } of aliases)
    requireModel(modelIds, `aliases.json: ${alias}`, modelId);
  for (const { id, providerId, modelId } of offers) {
    const subject = `offers/${providerId}.json: ${id}`;
    requireModel(modelIds, subject, modelId);
    if (!providerIds.has(providerId))
      throw new CatalogueFileError(`${subject}: there is no provider ${providerId}`);
  }
}

function uniqueSet(kind: string, names: readonly string[]): ReadonlySet<string> {
  const unique = new Set<string>();
  for (const name of names) {
    if (unique.has(name)) throw new CatalogueFileError(`the ${kind} ${name} is there twice`);
    unique.add(name);
  }
  return unique;
}

function requireModel(modelIds: ReadonlySet<string>, subject: string, modelId: string): void {
  if (!modelIds.has(modelId))
    throw new CatalogueFileError(`${subject}: model: there is no model ${modelId}`);
}

/** A record of a file as the offer that routing and pricing know. */
export function toOffer({ prices, ...offer }: OfferRecord): Offer {
  return {
    ...offer,
    prices: prices.map(({ id, validFrom, components }) => ({
      id,
      validFrom,
      components: components.map(toPriceComponent),
    })),
  };
}
