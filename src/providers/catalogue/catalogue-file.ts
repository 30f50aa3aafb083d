import type { OfferCapabilities, OfferStatus } from '../../core/offer.js';
import { readCapabilities } from './catalogue-capabilities.js';
import { CatalogueFileError, Fields, refuse, type Place } from './catalogue-fields.js';
import { priceVersionId, readComponent, type ComponentRecord } from './catalogue-price.js';
import { MODEL_TYPES, type CatalogueModel } from './catalogue-snapshot.js';

/** The prices of an offer from a moment on, as a file tells them. */
export interface PriceRecord {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
  readonly source: string;
  readonly components: readonly ComponentRecord[];
}

/** An offer as a file tells it. */
export interface OfferRecord {
  readonly id: string;
  readonly modelId: string;
  readonly providerId: string;
  readonly upstreamModel: string;
  readonly variant: string | null;
  readonly status: OfferStatus;
  readonly suspect: boolean;
  /** Milliseconds since the epoch. */
  readonly deprecatedAt: number | null;
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
  readonly capabilities: OfferCapabilities;
  /** Ascending by validFrom. */
  readonly prices: readonly PriceRecord[];
}

export interface AliasRecord {
  readonly alias: string;
  readonly modelId: string;
}

/** A file of prisma/catalogue, `name` relative to that folder. */
export interface CatalogueText {
  readonly name: string;
  readonly text: string;
}

const STATUSES: readonly OfferStatus[] = ['active', 'beta', 'deprecated', 'removed'];
const DATE = /^\d{4}-\d{2}(?:-\d{2})?$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}Z)?$/;

/** Reads `models/<lab>.json`. @throws CatalogueFileError naming file, model and field. */
export function parseModels(file: CatalogueText): readonly CatalogueModel[] {
  return readModels(parseJson(file), file.name);
}

/** The same, of JSON that was parsed. */
export function readModels(value: unknown, name: string): readonly CatalogueModel[] {
  const fields = Fields.of(value, { subject: name, path: '' }, ['lab', 'models']);
  const lab = fields.text('lab');
  return fields.list('models', (value, place) => readModel(value, place, lab));
}

/** Reads `offers/<provider>.json`. @throws CatalogueFileError naming file, offer and field. */
export function parseOffers(file: CatalogueText): readonly OfferRecord[] {
  return readOffers(parseJson(file), file.name);
}

/** The same, of JSON that was parsed. */
export function readOffers(value: unknown, name: string): readonly OfferRecord[] {
  const fields = Fields.of(value, { subject: name, path: '' }, ['provider', 'offers']);
  const providerId = fields.text('provider');
  return fields.list('offers', (value, place) => readOffer(value, place, providerId));
}

/** Reads `aliases.json`. @throws CatalogueFileError naming the alias and field. */
export function parseAliases(file: CatalogueText): readonly AliasRecord[] {
  return readAliases(parseJson(file), file.name);
}

/** The same, of JSON that was parsed. */
export function readAliases(value: unknown, name: string): readonly AliasRecord[] {
  const fields = Fields.of(value, { subject: name, path: '' }, ['aliases']);
  return fields.list('aliases', (value, place) => {
    const entry = Fields.of(value, place, ['alias', 'model']);
    return { alias: entry.text('alias'), modelId: entry.text('model') };
  });
}

function parseJson(file: CatalogueText): unknown {
  try {
    return JSON.parse(file.text);
  } catch (error) {
    throw new CatalogueFileError(
      `${file.name}: is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

const MODEL_KEYS = [
  'id',
  'name',
  'family',
  'type',
  'release_date',
  'context_window',
  'max_output_tokens',
  'capabilities',
];

function readModel(value: unknown, place: Place, lab: string): CatalogueModel {
  const fields = namedFields(value, place, MODEL_KEYS);
  return {
    id: fields.text('id'),
    name: fields.text('name'),
    lab,
    family: fields.text('family'),
    type: fields.oneOf('type', MODEL_TYPES),
    releasedAt: fields.has('release_date') ? readMoment(fields, 'release_date', DATE) : null,
    ...readLimits(fields),
    capabilities: readCapabilities(fields.raw('capabilities'), fields.at('capabilities')),
  };
}

const OFFER_KEYS = [
  'id',
  'model',
  'upstream_model',
  'variant',
  'status',
  'suspect',
  'deprecated_at',
  'context_window',
  'max_output_tokens',
  'capabilities',
  'prices',
];

function readOffer(value: unknown, place: Place, providerId: string): OfferRecord {
  const fields = namedFields(value, place, OFFER_KEYS);
  const id = fields.text('id');
  if (!id.startsWith(`${providerId}/`)) refuse(fields.at('id'), `must start with ${providerId}/`);
  const modelId = fields.text('model');
  const variant = fields.has('variant') ? fields.text('variant') : null;
  if (variant === null && id !== `${providerId}/${modelId}`) {
    refuse(fields.at('id'), `must be ${providerId}/${modelId}, or the offer must have a variant`);
  }
  return {
    id,
    modelId,
    providerId,
    upstreamModel: fields.text('upstream_model'),
    variant,
    status: fields.oneOf('status', STATUSES),
    suspect: fields.flag('suspect'),
    deprecatedAt: fields.has('deprecated_at') ? readMoment(fields, 'deprecated_at', MOMENT) : null,
    ...readLimits(fields),
    capabilities: readCapabilities(fields.raw('capabilities'), fields.at('capabilities')),
    prices: readPrices(fields, id),
  };
}

/** The fields of an entry that errors call by its id, where it has one. */
function namedFields(value: unknown, place: Place, known: readonly string[]): Fields {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  if (typeof id !== 'string') return Fields.of(value, place, known);
  return Fields.of(value, { subject: `${place.subject}: ${id}`, path: '' }, known);
}

function readLimits(fields: Fields): {
  contextWindow: number | null;
  maxOutputTokens: number | null;
} {
  return {
    contextWindow: fields.has('context_window') ? fields.count('context_window', 1) : null,
    maxOutputTokens: fields.has('max_output_tokens') ? fields.count('max_output_tokens', 1) : null,
  };
}

function readPrices(fields: Fields, offerId: string): readonly PriceRecord[] {
  const prices = fields.list('prices', (value, place) => readPrice(value, place, offerId));
  prices.reduce((before, price, index) => {
    if (price.validFrom <= before)
      refuse(fields.at(`prices[${index}].valid_from`), 'must be after the one before it');
    return price.validFrom;
  }, -Infinity);
  return prices;
}

function readPrice(value: unknown, place: Place, offerId: string): PriceRecord {
  const fields = Fields.of(value, place, ['valid_from', 'source', 'components']);
  const validFrom = readMoment(fields, 'valid_from', MOMENT);
  const components = fields.list('components', readComponent);
  if (components.length === 0) refuse(fields.at('components'), 'must not be empty');
  const seen = new Set<string>();
  for (const [index, { meter, conditions }] of components.entries()) {
    const key = JSON.stringify([meter, conditions]);
    if (seen.has(key)) refuse(fields.at(`components[${index}]`), `prices ${meter} a second time`);
    seen.add(key);
  }
  return {
    id: priceVersionId(offerId, validFrom, components),
    validFrom,
    source: fields.text('source'),
    components,
  };
}

function readMoment(fields: Fields, name: string, pattern: RegExp): number {
  const text = fields.text(name);
  const moment = pattern.test(text) ? Date.parse(text) : NaN;
  // Date.parse takes 30 February for 1 March.
  if (Number.isNaN(moment) || !new Date(moment).toISOString().startsWith(text.slice(0, 10))) {
    refuse(fields.at(name), 'must be a date such as 2026-07-02');
  }
  return moment;
}
