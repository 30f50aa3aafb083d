import { createHash } from 'node:crypto';
import { Fields, refuse, type Place } from '../catalogue-fields.js';
import {
  readAliases,
  readModels,
  readOffers,
  type AliasRecord,
  type OfferRecord,
} from '../catalogue-file.js';
import { readComponent, type ComponentRecord } from '../catalogue-price.js';
import type { CatalogueModel } from '../catalogue-snapshot.js';
import type { CatalogueDiff } from './diff.js';
import { CatalogueImportError, IMPORT_FORMATS, type ImportFormat } from './imported.js';
import { inOurWords } from './native.js';
import { risksOf } from './price-risks.js';

/** What an import would change, bound to the revision of the catalogue that it was made against. */
export interface CataloguePlan extends CatalogueDiff {
  readonly object: 'catalogue_plan';
  /** The hash of all the rest: a plan that was edited is none. */
  readonly id: string;
  readonly base_revision: number;
  readonly format: ImportFormat;
  /** Where it comes from, and its SHA-256. */
  readonly source: string;
  readonly effective_at: string | null;
  /** Price keys that nobody here knows, each with the first place where it is. */
  readonly unknown_keys: readonly { readonly key: string; readonly first_at: string }[];
}

/** What is done when a plan is applied. */
export interface PlannedWork {
  readonly id: string;
  readonly baseRevision: number;
  readonly source: string;
  readonly models: readonly CatalogueModel[];
  readonly aliases: readonly AliasRecord[];
  readonly offers: readonly OfferRecord[];
  readonly prices: readonly PlannedPrice[];
}

export interface PlannedPrice {
  readonly offerId: string;
  /** Milliseconds since the epoch; null: at once. */
  readonly validFrom: number | null;
  readonly components: readonly ComponentRecord[];
  /** Whether it needs a confirmation. */
  readonly isHeld: boolean;
}

const PLAN_KEYS = [
  'object',
  'id',
  'base_revision',
  'format',
  'source',
  'effective_at',
  'models',
  'aliases',
  'offers',
  'prices',
  'unmatched',
  'unknown_keys',
];
const PLACE: Place = { subject: 'plan', path: '' };

/** A plan with its id. */
export function sealPlan(contents: Omit<CataloguePlan, 'id' | 'object'>): CataloguePlan {
  return { object: 'catalogue_plan', id: hashOf(contents), ...contents };
}

/** Reads a plan that was sent or kept. @throws CatalogueImportError where it is none, or was changed since it was made */
export function readPlan(value: unknown): PlannedWork {
  return inOurWords(() => {
    const fields = Fields.of(value, PLACE, PLAN_KEYS);
    const { object: _object, id, ...contents } = value as Record<string, unknown>;
    if (id !== hashOf(contents))
      throw new CatalogueImportError(['the plan was changed since it was made; make it again']);
    fields.oneOf('format', IMPORT_FORMATS);
    return {
      id: fields.text('id'),
      baseRevision: fields.count('base_revision'),
      source: fields.text('source'),
      models: fields.list('models', readModelChange),
      aliases: fields.list('aliases', readAliasChange),
      offers: fields.list('offers', readOfferChange),
      prices: fields.list('prices', readPriceChange),
    };
  });
}

function hashOf(contents: object): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(contents)).digest('hex')}`;
}

function readModelChange(value: unknown, place: Place): CatalogueModel {
  const { lab, ...record } = recordAfter(value, place);
  const [model] = readModels({ lab, models: [record] }, place.subject);
  return model ?? refuse(place, 'has no model');
}

function readOfferChange(value: unknown, place: Place): OfferRecord {
  const { provider, ...record } = recordAfter(value, place);
  const [offer] = readOffers({ provider, offers: [{ ...record, prices: [] }] }, place.subject);
  return offer ?? refuse(place, 'has no offer');
}

function recordAfter(value: unknown, place: Place): Record<string, unknown> {
  const after = Fields.of(value, place, ['id', 'before', 'after']).raw('after');
  if (typeof after !== 'object' || after === null) return refuse(place, 'has no record');
  return { ...after };
}

function readAliasChange(value: unknown, place: Place): AliasRecord {
  const fields = Fields.of(value, place, ['alias', 'before', 'after']);
  const entry = { alias: fields.text('alias'), model: fields.text('after') };
  const [alias] = readAliases({ aliases: [entry] }, place.subject);
  return alias ?? refuse(place, 'has no alias');
}

function readPriceChange(value: unknown, place: Place): PlannedPrice {
  const fields = Fields.of(value, place, ['offer_id', 'valid_from', 'before', 'after', 'held']);
  const before = fields.raw('before') === null ? null : fields.list('before', readComponent);
  const components = fields.list('after', readComponent);
  if (components.length === 0) refuse(fields.at('after'), 'must not be empty');
  const validFrom =
    fields.raw('valid_from') === null ? null : Date.parse(fields.text('valid_from'));
  if (Number.isNaN(validFrom)) refuse(fields.at('valid_from'), 'must be a moment');
  return {
    offerId: fields.text('offer_id'),
    validFrom,
    components,
    isHeld: risksOf(before, components).length > 0,
  };
}
