import type { Prisma } from '../../generated/prisma/client.js';
import { capabilitiesRecord } from './catalogue-capabilities.js';
import type { AliasRecord, OfferRecord } from './catalogue-file.js';
import type { CatalogueModel } from './catalogue-snapshot.js';

type Client = Pick<Prisma.TransactionClient, '$executeRaw'>;

/** Any number that nothing else locks: the catalogue is written by one transaction after the other. */
export const CATALOGUE_LOCK = 7_200_471;

/** Makes models equal to the given ones, and gives how many were added or changed; others are left alone. */
export function upsertModels(client: Client, models: readonly CatalogueModel[]) {
  const rows = models.map(({ releasedAt, capabilities, ...model }) => ({
    ...model,
    releasedAt: isoTime(releasedAt),
    capabilities: capabilitiesRecord(capabilities),
  }));
  return client.$executeRaw`
      INSERT INTO model AS old
        (id, name, lab, family, type, release_date, context_window, max_output_tokens, capabilities)
      SELECT id, name, lab, family, type, "releasedAt"::date, "contextWindow", "maxOutputTokens", capabilities
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS file(id text, name text, lab text, family text, type text,
        "releasedAt" text, "contextWindow" int, "maxOutputTokens" int, capabilities jsonb)
      ON CONFLICT (id) DO UPDATE SET
        name = excluded.name, lab = excluded.lab, family = excluded.family, type = excluded.type,
        release_date = excluded.release_date, context_window = excluded.context_window,
        max_output_tokens = excluded.max_output_tokens, capabilities = excluded.capabilities
      WHERE (old.*) IS DISTINCT FROM (excluded.*)`;
}

/** The same of aliases. */
export function upsertAliases(client: Client, aliases: readonly AliasRecord[]) {
  return client.$executeRaw`
      INSERT INTO model_alias AS old (alias, model_id)
      SELECT alias, "modelId" FROM jsonb_to_recordset(${JSON.stringify(aliases)}::jsonb) AS file(alias text, "modelId" text)
      ON CONFLICT (alias) DO UPDATE SET model_id = excluded.model_id WHERE old.model_id <> excluded.model_id`;
}

/** The same of offers, without their prices. */
export function upsertOffers(client: Client, offers: readonly OfferRecord[]) {
  const rows = offers.map(({ prices: _prices, capabilities, deprecatedAt, ...offer }) => ({
    ...offer,
    deprecatedAt: isoTime(deprecatedAt),
    capabilities: capabilitiesRecord(capabilities),
  }));
  return client.$executeRaw`
      INSERT INTO offer AS old (id, model_id, provider_id, upstream_model, variant, context_window, max_output_tokens,
        capabilities, status, suspect, deprecated_at)
      SELECT id, "modelId", "providerId", "upstreamModel", variant, "contextWindow", "maxOutputTokens",
        capabilities, status, suspect, "deprecatedAt"::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS file(id text, "modelId" text, "providerId" text,
        "upstreamModel" text, variant text, "contextWindow" int, "maxOutputTokens" int, capabilities jsonb, status text,
        suspect boolean, "deprecatedAt" text)
      ON CONFLICT (id) DO UPDATE SET
        model_id = excluded.model_id, provider_id = excluded.provider_id, upstream_model = excluded.upstream_model,
        variant = excluded.variant, context_window = excluded.context_window,
        max_output_tokens = excluded.max_output_tokens, capabilities = excluded.capabilities,
        status = excluded.status, suspect = excluded.suspect, deprecated_at = excluded.deprecated_at
      WHERE (old.*) IS DISTINCT FROM (excluded.*)`;
}

/** A version that is there already, or another one for the same moment, stays as it is. Counts versions. */
export function insertPrices(client: Client, rows: readonly PriceRow[]) {
  return client.$executeRaw`
      WITH file AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          AS file(id text, "offerId" text, "validFrom" timestamptz, source text, components jsonb)
      ), added AS (
        INSERT INTO price_version (id, offer_id, valid_from, source)
        SELECT id, "offerId", "validFrom", source FROM file ON CONFLICT DO NOTHING RETURNING id
      ), priced AS (
        INSERT INTO price_component (price_version_id, position, meter, unit, amount, conditions)
        SELECT file.id, component.position, component.meter, component.unit, component.amount, component.conditions
        FROM added JOIN file ON file.id = added.id
        CROSS JOIN LATERAL jsonb_to_recordset(file.components)
          AS component(position int, meter text, unit text, amount numeric, conditions jsonb)
      )
      SELECT id FROM added`;
}

/** A price version as it is written. */
export interface PriceRow {
  readonly id: string;
  readonly offerId: string;
  readonly validFrom: string;
  readonly source: string;
  readonly components: readonly object[];
}

/** The price versions of an offer as they are written. */
export function priceRows(offer: OfferRecord): readonly PriceRow[] {
  return offer.prices.map(({ id, validFrom, source, components }) => ({
    id,
    offerId: offer.id,
    validFrom: new Date(validFrom).toISOString(),
    source,
    components: components.map((component, position) => ({
      position,
      ...component,
    })),
  }));
}

function isoTime(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}
