import type { Offer, OfferCapabilities, OfferStatus } from '../../core/offer.js';
import type { PriceComponent, PriceVersion } from '../../core/price.js';
import type * as Rows from '../../generated/prisma/client.js';
import { readCapabilities } from './catalogue-capabilities.js';
import { choiceOf, type Place } from './catalogue-fields.js';
import { readComponent, toPriceComponent } from './catalogue-price.js';
import { CatalogueSnapshot, MODEL_TYPES, type CatalogueModel } from './catalogue-snapshot.js';
import { SharedValues } from './shared-values.js';

/** Every row of the catalogue's tables, of one moment. */
export interface CatalogueRows {
  readonly models: readonly Rows.Model[];
  readonly aliases: readonly Rows.ModelAlias[];
  readonly offers: readonly Rows.Offer[];
  /** Ascending by validFrom. */
  readonly versions: readonly Rows.PriceVersion[];
  /** Ascending by position. */
  readonly components: readonly ComponentRow[];
}

/** The amount as the plain decimal that the database holds. */
export type ComponentRow = Omit<Rows.PriceComponent, 'amount'> & { readonly amount: string };

const OFFER_STATUSES: readonly OfferStatus[] = ['active', 'beta', 'deprecated', 'removed'];

/** What many rows of a snapshot have in common. */
interface Shared {
  readonly capabilities: SharedValues<OfferCapabilities>;
  readonly components: SharedValues<PriceComponent>;
}

/** The rows as a snapshot. @throws CatalogueFileError naming the row, for a value that no file could hold. */
export function snapshotOf(
  rows: CatalogueRows,
  providerAliases: ReadonlyMap<string, string>,
): CatalogueSnapshot {
  const shared: Shared = { capabilities: new SharedValues(), components: new SharedValues() };
  const componentsOf = groupBy(rows.components, ({ priceVersionId }) => priceVersionId);
  const versionsOf = groupBy(rows.versions, ({ offerId }) => offerId);
  return CatalogueSnapshot.of({
    models: rows.models.map((row) => modelOf(row, shared)),
    aliases: new Map(rows.aliases.map(({ alias, modelId }) => [alias, modelId])),
    offers: rows.offers.map((row) => {
      const versions = versionsOf.get(row.id) ?? [];
      const prices = versions.map((version) =>
        versionOf(version, componentsOf.get(version.id) ?? [], shared),
      );
      return offerOf(row, prices, shared);
    }),
    providerAliases,
  });
}

function modelOf({ releaseDate, ...row }: Rows.Model, shared: Shared): CatalogueModel {
  const place = { subject: `model ${row.id}`, path: '' };
  return {
    ...row,
    type: choiceOf(row.type, MODEL_TYPES, within(place, 'type')),
    releasedAt: releaseDate?.getTime() ?? null,
    capabilities: capabilitiesOf(row.capabilities, place, shared),
  };
}

function offerOf(row: Rows.Offer, prices: readonly PriceVersion[], shared: Shared): Offer {
  const place = { subject: `offer ${row.id}`, path: '' };
  return {
    ...row,
    status: choiceOf(row.status, OFFER_STATUSES, within(place, 'status')),
    deprecatedAt: row.deprecatedAt?.getTime() ?? null,
    capabilities: capabilitiesOf(row.capabilities, place, shared),
    prices,
  };
}

function capabilitiesOf(value: unknown, place: Place, { capabilities }: Shared): OfferCapabilities {
  return capabilities.of(JSON.stringify(value), () =>
    readCapabilities(value, within(place, 'capabilities')),
  );
}

function versionOf(
  { id, validFrom }: Rows.PriceVersion,
  components: readonly ComponentRow[],
  shared: Shared,
): PriceVersion {
  return {
    id,
    validFrom: validFrom.getTime(),
    components: components.map((row) => componentOf(row, shared)),
  };
}

function componentOf(
  { priceVersionId, position, ...component }: ComponentRow,
  { components }: Shared,
): PriceComponent {
  return components.of(JSON.stringify(component), () => {
    const path = `components[${position}]`;
    const place = { subject: `price version ${priceVersionId}`, path };
    return toPriceComponent(readComponent(component, place));
  });
}

function within({ subject }: Place, path: string): Place {
  return { subject, path };
}

function groupBy<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
