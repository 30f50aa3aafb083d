import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { PrismaService } from '../../platform/prisma.service.js';
import { CREDENTIAL_PROVIDERS } from '../search/registry.js';
import type { CatalogueText, OfferRecord } from './catalogue-file.js';
import { parseCatalogue } from './catalogue-set.js';
import {
  CATALOGUE_LOCK,
  insertPrices,
  priceRows,
  upsertAliases,
  upsertModels,
  upsertOffers,
  type PriceRow,
} from './catalogue.writer.js';

/** Rows that were added or changed; all zero when the database had it all. */
export interface SeedResult {
  readonly models: number;
  readonly offers: number;
  readonly priceVersions: number;
}

const FOLDERS = ['.', 'models', 'offers'];
const SEED_TIMEOUT_MS = 60_000;
const PROVIDER_IDS = new Set(CREDENTIAL_PROVIDERS.map(({ id }) => id));

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
    const result = await this.prisma.$transaction(
      async (transaction) => {
        await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${CATALOGUE_LOCK})`;
        const counts = {
          models: await upsertModels(transaction, set.models),
          aliases: await upsertAliases(transaction, set.aliases),
          offers: await upsertOffers(transaction, set.offers),
          prices: await insertPrices(transaction, missing),
        };
        if (Object.values(counts).some((count) => count > 0))
          await transaction.catalogueRevision.create({
            data: { origin: 'seed', source: 'prisma/catalogue', ...counts },
          });
        return counts;
      },
      { maxWait: SEED_TIMEOUT_MS, timeout: SEED_TIMEOUT_MS },
    );
    const { models, offers, prices: priceVersions } = result;
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
