import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CatalogueText } from '../../src/providers/catalogue/catalogue-file.js';
import {
  parseCatalogue,
  toOffer,
  type CatalogueSet,
} from '../../src/providers/catalogue/catalogue-set.js';
import { CatalogueSnapshot } from '../../src/providers/catalogue/catalogue-snapshot.js';
import { CREDENTIAL_PROVIDERS } from '../../src/providers/search/registry.js';

const FOLDER = path.resolve('prisma', 'catalogue');

/** Every provider that the gateway knows, those of searches too. */
export const PROVIDER_IDS: ReadonlySet<string> = new Set(CREDENTIAL_PROVIDERS.map(({ id }) => id));

/** The JSON files below prisma/catalogue, also those that no seed reads. */
export function catalogueFiles(): readonly CatalogueText[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({
      name: name.replaceAll(path.sep, '/'),
      text: readFileSync(path.join(FOLDER, name), 'utf8'),
    }));
}

/** The catalogue of this project, as it is in a gateway's memory. */
export function snapshotOfSet(set: CatalogueSet): CatalogueSnapshot {
  return CatalogueSnapshot.of({
    models: set.models,
    aliases: new Map(set.aliases.map(({ alias, modelId }) => [alias, modelId])),
    offers: set.offers.map(toOffer),
  });
}

/** The catalogue of this project, read from its files. */
export function projectCatalogue(): CatalogueSet {
  return parseCatalogue(catalogueFiles(), PROVIDER_IDS);
}
