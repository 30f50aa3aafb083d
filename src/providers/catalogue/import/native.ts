import { CatalogueFileError } from '../catalogue-fields.js';
import { readAliases, readModels, readOffers } from '../catalogue-file.js';
import { checkReferences, type CatalogueSet } from '../catalogue-set.js';
import { CatalogueImportError } from './imported.js';

const NAME = 'the file';

/** What a set of models and offers may refer to beside its own. */
export interface KnownNames {
  readonly modelIds: ReadonlySet<string>;
  readonly providerIds: ReadonlySet<string>;
}

/**
 * Reads the files of prisma/catalogue as one: `{models: [{lab, models}], offers: [{provider, offers}], aliases: [{alias,
 * model}]}`, each part optional. The JSON must be known to name no member twice.
 * @throws CatalogueImportError naming the entry and the field
 */
export function readNative(text: string, known: KnownNames): CatalogueSet {
  return inOurWords(() => {
    const document: unknown = JSON.parse(text);
    if (typeof document !== 'object' || document === null || Array.isArray(document))
      throw new CatalogueFileError(`${NAME}: must be an object`);
    const unknownKey = Object.keys(document).find((key) => !PARTS.has(key));
    if (unknownKey !== undefined)
      throw new CatalogueFileError(`${NAME}: has the unknown key ${JSON.stringify(unknownKey)}`);
    const { models, offers, aliases } = document as Readonly<Record<string, unknown>>;
    return setOf({
      models: listOf('models', models).flatMap((part) => readModels(part, NAME)),
      offers: listOf('offers', offers).flatMap((part) => readOffers(part, NAME)),
      aliases: readAliases({ aliases: listOf('aliases', aliases) }, NAME),
      known,
    });
  });
}

const PARTS: ReadonlySet<string> = new Set(['models', 'offers', 'aliases']);

function setOf({ known, ...set }: CatalogueSet & { readonly known: KnownNames }): CatalogueSet {
  checkReferences(set, known.providerIds, known.modelIds);
  return set;
}

function listOf(name: string, value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new CatalogueFileError(`${NAME}: ${name}: must be a list`);
  return value as readonly unknown[];
}

/** What a reader of catalogue files throws, as an import tells it. */
export function inOurWords<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof CatalogueFileError) throw new CatalogueImportError([error.message]);
    throw error;
  }
}
