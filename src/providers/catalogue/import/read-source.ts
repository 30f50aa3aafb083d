import type { OfferRecord } from '../catalogue-file.js';
import type { CatalogueSet } from '../catalogue-set.js';
import { ExactJsonError, parseExactJson, type ExactJson } from './exact-json.js';
import { readGenaiPrices } from './genai-prices.js';
import { ImportFindings } from './import-findings.js';
import { CatalogueImportError, type ImportedOffer, type ImportFormat } from './imported.js';
import { readLitellm } from './litellm.js';
import { readModelsDev } from './models-dev.js';
import { readNative, type KnownNames } from './native.js';

/** The largest source that is read; see docs/decisions/0022. The largest of today's have 3 MiB. */
export const MAX_SOURCE_BYTES = 8 * 1024 * 1024;

/** What a source says, before it is laid beside the catalogue. */
export interface SourceContents {
  /** Whole entries; only the native format has them. */
  readonly set: CatalogueSet;
  /** Prices of offers by names of others. */
  readonly prices: readonly ImportedOffer[];
  readonly unknownKeys: ReadonlyMap<string, string>;
}

const READERS: Readonly<
  Record<
    Exclude<ImportFormat, 'native'>,
    (document: ExactJson, findings: ImportFindings) => readonly ImportedOffer[]
  >
> = {
  'models.dev': readModelsDev,
  'genai-prices': readGenaiPrices,
  litellm: readLitellm,
};

const NOTHING: CatalogueSet = { models: [], offers: [], aliases: [] };

/**
 * Reads a source whole.
 * @param document its text, parsed
 * @param isWanted whether a provider is asked for, by id or alias
 * @throws CatalogueImportError saying what is wrong and where; then nothing of it may be used
 */
export function readSource(
  text: string,
  document: ExactJson,
  format: ImportFormat,
  known: KnownNames,
  isWanted: (provider: string) => boolean,
): SourceContents {
  if (format === 'native') {
    const { offers, ...set } = readNative(text, known);
    const wanted = offers.filter(({ providerId }: OfferRecord) => isWanted(providerId));
    return { set: { ...set, offers: wanted }, prices: [], unknownKeys: new Map() };
  }
  const findings = new ImportFindings(isWanted);
  const prices = READERS[format](document, findings);
  findings.check();
  if (prices.length === 0)
    throw new CatalogueImportError([`the file has no prices in the format ${format}`]);
  return { set: NOTHING, prices, unknownKeys: findings.unknownKeys };
}

/**
 * Parses a source by a parser that sees what JSON.parse passes over: a member that is there twice.
 * @throws CatalogueImportError saying what is wrong and where
 */
export function parseSource(text: string): ExactJson {
  if (Buffer.byteLength(text) > MAX_SOURCE_BYTES)
    throw new CatalogueImportError([`the file is larger than ${MAX_SOURCE_BYTES} bytes`]);
  try {
    return parseExactJson(text);
  } catch (error) {
    if (error instanceof ExactJsonError)
      throw new CatalogueImportError([`the file ${error.message}`]);
    throw error;
  }
}
