import type { ProviderDefinition } from '../../../core/provider.js';
import type { CatalogueSnapshot } from '../catalogue-snapshot.js';
import type { ImportedOffer, ImportedPrice } from './imported.js';
import { modelRecord, offerRecord, type NativeRecord } from './native-record.js';
import { priceChanges, type Beginning, type PriceChange } from './price-changes.js';
import type { SourceContents } from './read-source.js';

/** A model or offer that is new, or changes beside its prices. */
export interface RecordChange {
  readonly id: string;
  /** Null: it is new. */
  readonly before: NativeRecord | null;
  readonly after: NativeRecord;
}

export interface AliasChange {
  readonly alias: string;
  /** The model that it names; null: none. */
  readonly before: string | null;
  readonly after: string;
}

/** What a source would change. */
export interface CatalogueDiff {
  readonly models: readonly RecordChange[];
  readonly aliases: readonly AliasChange[];
  readonly offers: readonly RecordChange[];
  readonly prices: readonly PriceChange[];
  /** `provider/model` of prices that belong to no offer of ours; they are never made offers by themselves. */
  readonly unmatched: readonly string[];
}

/** Dialects whose answers tell how long a cache is written for. */
const TELLING: ReadonlySet<string> = new Set(['anthropic-messages', 'bedrock-converse']);

/** Lays a source beside the catalogue. Nothing is removed: what a source does not name stays. */
export function diffCatalogue(
  snapshot: CatalogueSnapshot,
  { set, prices }: SourceContents,
  providers: ReadonlyMap<string, ProviderDefinition>,
  beginning: Beginning,
): CatalogueDiff {
  const unmatched: string[] = [];
  const matched = prices.flatMap((imported) => {
    const change = matchedPrices(snapshot, imported, providers, beginning);
    if (!change) unmatched.push(`${imported.provider}/${imported.model}`);
    return change ?? [];
  });
  const own = set.offers.flatMap(({ id, prices: versions }) =>
    priceChanges(
      { offerId: id, offer: snapshot.offerById(id), prices: versions, isWhole: true },
      beginning,
    ),
  );
  return {
    models: set.models.flatMap((model) => {
      const current = snapshot.findModel(model.id);
      const before = current?.id === model.id ? modelRecord(current) : null;
      return changed(model.id, before, modelRecord(model));
    }),
    aliases: set.aliases.flatMap(({ alias, modelId }) => {
      const before = snapshot.modelOfAlias(alias) ?? null;
      return before === modelId ? [] : [{ alias, before, after: modelId }];
    }),
    offers: set.offers.flatMap((offer) => {
      const current = snapshot.offerById(offer.id);
      return changed(offer.id, current ? offerRecord(current) : null, offerRecord(offer));
    }),
    prices: withoutRepetition([...own, ...matched]),
    unmatched: unmatched.sort(),
  };
}

function changed(
  id: string,
  before: NativeRecord | null,
  after: NativeRecord,
): readonly RecordChange[] {
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ id, before, after }];
}

function matchedPrices(
  snapshot: CatalogueSnapshot,
  { provider, model, prices }: ImportedOffer,
  providers: ReadonlyMap<string, ProviderDefinition>,
  beginning: Beginning,
): readonly PriceChange[] | undefined {
  const definition = providers.get(provider);
  const offer = definition && snapshot.offerAt(definition.id, model);
  if (!definition || !offer || offer.status === 'removed') return undefined;
  const inOurMeters = TELLING.has(definition.protocol) ? prices.map(withLifetime) : prices;
  return priceChanges({ offerId: offer.id, offer, prices: inOurMeters, isWhole: false }, beginning);
}

/** Where the time to live is told, a write without one is that of five minutes. */
function withLifetime({ validFrom, components }: ImportedPrice): ImportedPrice {
  return {
    validFrom,
    components: components.map((component) =>
      component.meter === 'cache_write' ? { ...component, meter: 'cache_write_5m' } : component,
    ),
  };
}

/** Two names of a source may lead to one offer; the first one counts. */
function withoutRepetition(changes: readonly PriceChange[]): readonly PriceChange[] {
  const seen = new Set<string>();
  return changes.filter(({ offer_id, valid_from }) => {
    const key = `${offer_id} ${valid_from ?? ''}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
