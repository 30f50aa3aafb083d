import type { Offer, OfferStatus } from '../../core/offer.js';
import type { PriceComponent, PriceVersion } from '../../core/price.js';
import type * as Rows from '../../generated/prisma/client.js';
import { readCapabilities } from './catalogue-capabilities.js';
import { choiceOf, type Place } from './catalogue-fields.js';
import { readComponent, toPriceComponent } from './catalogue-price.js';
import { CatalogueSnapshot, MODEL_TYPES, type CatalogueModel } from './catalogue-snapshot.js';

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

/** The rows as a snapshot. @throws CatalogueFileError naming the row, for a value that no file could hold. */
export function snapshotOf(
  rows: CatalogueRows,
  providerAliases: ReadonlyMap<string, string>,
): CatalogueSnapshot {
  const componentsOf = groupBy(rows.components, ({ priceVersionId }) => priceVersionId);
  const versionsOf = groupBy(rows.versions, ({ offerId }) => offerId);
  return CatalogueSnapshot.of({
    models: rows.models.map(modelOf),
    aliases: new Map(rows.aliases.map(({ alias, modelId }) => [alias, modelId])),
    offers: rows.offers.map((row) => {
      const versions = versionsOf.get(row.id) ?? [];
      return offerOf(
        row,
        versions.map((version) => versionOf(version, componentsOf.get(version.id) ?? [])),
      );
    }),
    providerAliases,
  });
}

function modelOf({ releaseDate, ...row }: Rows.Model): CatalogueModel {
  const place = { subject: `model ${row.id}`, path: '' };
  return {
    ...row,
    type: choiceOf(row.type, MODEL_TYPES, within(place, 'type')),
    releasedAt: releaseDate?.getTime() ?? null,
    capabilities: readCapabilities(row.capabilities, within(place, 'capabilities')),
  };
}

function offerOf(row: Rows.Offer, prices: readonly PriceVersion[]): Offer {
  const place = { subject: `offer ${row.id}`, path: '' };
  return {
    ...row,
    status: choiceOf(row.status, OFFER_STATUSES, within(place, 'status')),
    deprecatedAt: row.deprecatedAt?.getTime() ?? null,
    capabilities: readCapabilities(row.capabilities, within(place, 'capabilities')),
    prices,
  };
}

function versionOf(
  { id, validFrom }: Rows.PriceVersion,
  components: readonly ComponentRow[],
): PriceVersion {
  return {
    id,
    validFrom: validFrom.getTime(),
    components: components.map(componentOf),
  };
}

function componentOf({
  priceVersionId,
  position,
  meter,
  unit,
  amount,
  conditions,
}: ComponentRow): PriceComponent {
  const place = {
    subject: `price version ${priceVersionId}`,
    path: `components[${position}]`,
  };
  return toPriceComponent(readComponent({ meter, unit, amount, conditions }, place));
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
