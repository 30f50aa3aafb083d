import { createHash } from 'node:crypto';
import type { ProviderDefinition } from '../../../core/provider.js';
import type { CatalogueSnapshot } from '../catalogue-snapshot.js';
import { diffCatalogue } from './diff.js';
import type { ImportFormat } from './imported.js';
import { sealPlan, type CataloguePlan } from './plan.js';
import type { Beginning } from './price-changes.js';
import { parseSource, readSource } from './read-source.js';

/** The catalogue that a source is laid beside. */
export interface CurrentCatalogue {
  readonly snapshot: CatalogueSnapshot;
  readonly revision: number;
  /** By id and alias. */
  readonly providers: ReadonlyMap<string, ProviderDefinition>;
}

/** What is to be imported, and how. */
export interface ImportOrder extends Beginning {
  readonly text: string;
  readonly format: ImportFormat;
  /** A file's name or an address. */
  readonly origin: string;
  /** Ids or aliases of the providers that are looked at; empty: all. */
  readonly only: readonly string[];
}

/** What an import would change; nothing is changed by it. @throws CatalogueImportError for a source that is not valid */
export function makePlan(current: CurrentCatalogue, order: ImportOrder): CataloguePlan {
  const steps = planInSteps(current, order);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/** The same in steps, between which a process can do other work. */
export function* planInSteps(
  current: CurrentCatalogue,
  order: ImportOrder,
): Generator<undefined, CataloguePlan> {
  const { snapshot, revision, providers } = current;
  const idOf = (name: string): string => providers.get(name)?.id ?? name;
  const only = new Set(order.only.map(idOf));
  const isWanted = (name: string): boolean =>
    providers.has(name) && (only.size === 0 || only.has(idOf(name)));
  const known = {
    modelIds: new Set(snapshot.models().map(({ id }) => id)),
    providerIds: new Set([...providers.values()].map(({ id }) => id)),
  };
  const document = parseSource(order.text);
  yield;
  const contents = readSource(order.text, document, order.format, known, isWanted);
  yield;
  const { models, aliases, offers, prices, unmatched } = diffCatalogue(
    snapshot,
    contents,
    providers,
    order,
  );
  yield;
  const hash = createHash('sha256').update(order.text).digest('hex');
  return sealPlan({
    base_revision: revision,
    format: order.format,
    source: `${order.origin} sha256:${hash}`,
    effective_at: order.effectiveAt === null ? null : new Date(order.effectiveAt).toISOString(),
    models,
    aliases,
    offers,
    prices,
    unmatched,
    unknown_keys: [...contents.unknownKeys].map(([key, first_at]) => ({ key, first_at })),
  });
}
