import type { ImportFormat } from '../../src/providers/catalogue/import/imported.js';
import { makePlan } from '../../src/providers/catalogue/import/make-plan.js';
import type { CataloguePlan } from '../../src/providers/catalogue/import/plan.js';
import { indexProviders } from '../../src/providers/routing/model-name.js';
import { CREDENTIAL_PROVIDERS } from '../../src/providers/search/registry.js';
import { projectCatalogue, snapshotOfSet } from './project-catalogue.js';

/** When imports are planned: ms since the epoch. */
export const PLANNED_AT = Date.UTC(2026, 10, 22);

/** The catalogue of this project as it would be in a database, at revision 3. */
export const CURRENT_CATALOGUE = {
  snapshot: snapshotOfSet(projectCatalogue()),
  revision: 3,
  providers: indexProviders(CREDENTIAL_PROVIDERS),
};

/** The plan of an import of this text into the catalogue of this project. */
export function planOf(
  text: string,
  format: ImportFormat = 'native',
  more: { only?: readonly string[]; effectiveAt?: number } = {},
): CataloguePlan {
  const order = { text, format, origin: 'test.json', now: PLANNED_AT, effectiveAt: null, only: [] };
  return makePlan(CURRENT_CATALOGUE, { ...order, ...more });
}
