import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { PrismaService } from '../../platform/prisma.service.js';
import { PROVIDERS } from '../definitions/registry.js';
import { capabilitiesRecord } from './catalogue-capabilities.js';
import type { CatalogueText, OfferRecord } from './catalogue-file.js';
import { parseCatalogue, type CatalogueSet } from './catalogue-set.js';

/** Rows that were added or changed; all zero when the database had it all. */
export interface SeedResult {
  readonly models: number;
  readonly offers: number;
  readonly priceVersions: number;
}

const FOLDERS = ['.', 'models', 'offers'];
const PROVIDER_IDS = new Set(PROVIDERS.map(({ id }) => id));
/** Any number that nothing else locks: two processes that start together seed one after the other. */
const SEED_LOCK = 7_200_471;

/** Brings the data files of prisma/catalogue into the database. */
@Injectable()
export class CatalogueSeedService {
  private readonly logger = new Logger(CatalogueSeedService.name);

  constructor(private readonly prisma: PrismaService) {}

  /**
   * Models, aliases and offers are made equal to the files, what the files do not name is left alone; price versions are
   * only ever added. One transaction, safe to repeat and to run twice at once.
   * @throws CatalogueFileError if a file is not valid; nothing is written then.
   */
  async seed(folder = resolve('prisma', 'catalogue')): Promise<SeedResult> {
    const set = parseCatalogue(await readFiles(folder), PROVIDER_IDS);
    const missing = await this.missingPrices(set.offers);
    const [, models, , offers, priceVersions] = await this.prisma.$transaction([
      this.prisma.$executeRaw`SELECT pg_advisory_xact_lock(${SEED_LOCK})`,
      this.upsertModels(set),
      this.upsertAliases(set),
      this.upsertOffers(set.offers),
      this.insertPrices(missing),
    ]);
    if (priceVersions < missing.length) await this.warnOfConflicts(missing);
    return { models, offers, priceVersions };
  }

  private async missingPrices(offers: readonly OfferRecord[]): Promise<readonly PriceRow[]> {
    const present = await this.prisma.priceVersion.findMany({
      select: { id: true },
    });
    const ids = new Set(present.map(({ id }) => id));
    return offers.flatMap(priceRows).filter(({ id }) => !ids.has(id));
  }

  private upsertModels({ models }: CatalogueSet) {
    const rows = models.map(({ releasedAt, capabilities, ...model }) => ({
      ...model,
      releasedAt: isoTime(releasedAt),
      capabilities: capabilitiesRecord(capabilities),
    }));
    return this.prisma.$executeRaw`
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

  private upsertAliases({ aliases }: CatalogueSet) {
    return this.prisma.$executeRaw`
      INSERT INTO model_alias AS old (alias, model_id)
      SELECT alias, "modelId" FROM jsonb_to_recordset(${JSON.stringify(aliases)}::jsonb) AS file(alias text, "modelId" text)
      ON CONFLICT (alias) DO UPDATE SET model_id = excluded.model_id WHERE old.model_id <> excluded.model_id`;
  }

  private upsertOffers(offers: readonly OfferRecord[]) {
    const rows = offers.map(({ prices: _prices, capabilities, deprecatedAt, ...offer }) => ({
      ...offer,
      deprecatedAt: isoTime(deprecatedAt),
      capabilities: capabilitiesRecord(capabilities),
    }));
    return this.prisma.$executeRaw`
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
  private insertPrices(rows: readonly PriceRow[]) {
    return this.prisma.$executeRaw`
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

  private async warnOfConflicts(rows: readonly PriceRow[]): Promise<void> {
    const wanted = rows.map(({ id }) => id);
    const present = await this.prisma.priceVersion.findMany({
      where: { id: { in: wanted } },
      select: { id: true },
    });
    const ids = new Set(present.map(({ id }) => id));
    for (const { id, offerId, validFrom } of rows) {
      if (ids.has(id)) continue;
      this.logger.warn(
        `${offerId} has other prices from ${validFrom} on; they stay. A correction needs a later date.`,
      );
    }
  }
}

interface PriceRow {
  readonly id: string;
  readonly offerId: string;
  readonly validFrom: string;
  readonly source: string;
  readonly components: readonly object[];
}

function priceRows(offer: OfferRecord): readonly PriceRow[] {
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

/** The JSON files of the catalogue, named relative to its folder. */
async function readFiles(folder: string): Promise<readonly CatalogueText[]> {
  const perFolder = await Promise.all(
    FOLDERS.map(async (inner) => {
      const names = (await readdir(join(folder, inner)))
        .filter((name) => name.endsWith('.json'))
        .sort();
      return Promise.all(names.map((name) => readText(folder, join(inner, name))));
    }),
  );
  return perFolder.flat();
}

async function readText(folder: string, path: string): Promise<CatalogueText> {
  return {
    name: path.replaceAll('\\', '/'),
    text: await readFile(join(folder, path), 'utf8'),
  };
}
