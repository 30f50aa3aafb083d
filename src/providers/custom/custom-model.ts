import type { OfferCapabilities } from '../../core/offer.js';
import { METERS, type Meter } from '../../core/price.js';
import { capabilitiesRecord, readCapabilities } from '../catalogue/catalogue-capabilities.js';
import { Fields, refuse, type Place } from '../catalogue/catalogue-fields.js';
import { readComponent, type ComponentRecord } from '../catalogue/catalogue-price.js';

/** A model of a provider that was added at run time. */
export interface CustomModel {
  /** As clients write it, pinned or alone. */
  readonly id: string;
  readonly name: string;
  /** The provider's own name of it. */
  readonly upstreamModel: string;
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
  readonly capabilities: OfferCapabilities;
  readonly isFree: boolean;
  readonly prices: readonly ComponentRecord[];
}

/** The same as the admin API and the database have it; prices in decimal USD per million tokens, or each. */
export type CustomModelRecord = Readonly<Record<string, unknown>>;

const KEYS = [
  'id',
  'name',
  'upstream_model',
  'context_window',
  'max_output_tokens',
  'capabilities',
  'free',
  'prices',
];
/** What clients can write behind a slash. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}$/;
const MOST_MODELS = 500;
const EACH: ReadonlySet<Meter> = new Set<Meter>(['request', 'web_search']);
const TEXT_ONLY = { input_modalities: ['text'], output_modalities: ['text'] };
const FREE: readonly ComponentRecord[] = (['input', 'output'] as const).map((meter) => ({
  meter,
  unit: 'million_tokens',
  amount: '0',
  conditions: {},
}));

/**
 * Models as they were sent or stored. Each has prices of input and output, or is free: unknown is not free.
 * @throws CatalogueFileError naming the field
 */
export function readCustomModels(value: unknown): readonly CustomModel[] {
  const fields = Fields.of({ models: value }, { subject: '', path: '' }, ['models']);
  const models = fields.list('models', readModel);
  if (models.length > MOST_MODELS) refuse(fields.at('models'), `must have at most ${MOST_MODELS}`);
  const seen = new Set<string>();
  for (const [index, { id }] of models.entries()) {
    if (seen.has(id)) refuse(fields.at(`models[${index}].id`), 'is there twice');
    seen.add(id);
  }
  return models;
}

function readModel(value: unknown, place: Place): CustomModel {
  const fields = Fields.of(value, place, KEYS);
  const id = fields.text('id');
  if (!ID.test(id)) refuse(fields.at('id'), 'must be up to 200 letters, digits and . _ : / @ + -');
  const isFree = isGiven(fields, 'free') && fields.flag('free');
  const capabilities = isGiven(fields, 'capabilities') ? fields.raw('capabilities') : TEXT_ONLY;
  return {
    id,
    name: isGiven(fields, 'name') ? fields.text('name') : id,
    upstreamModel: isGiven(fields, 'upstream_model') ? fields.text('upstream_model') : id,
    contextWindow: isGiven(fields, 'context_window') ? fields.count('context_window', 1) : null,
    maxOutputTokens: isGiven(fields, 'max_output_tokens')
      ? fields.count('max_output_tokens', 1)
      : null,
    capabilities: readCapabilities(capabilities, fields.at('capabilities')),
    isFree,
    prices: isFree ? FREE : readPrices(fields),
  };
}

function isGiven(fields: Fields, name: string): boolean {
  return fields.has(name) && fields.raw(name) !== null;
}

function readPrices(fields: Fields): readonly ComponentRecord[] {
  const place = fields.at('prices');
  if (!isGiven(fields, 'prices')) refuse(place, 'must be given, or the model be free');
  const prices = Fields.of(fields.raw('prices'), place, METERS);
  for (const meter of ['input', 'output'])
    if (!prices.has(meter)) refuse(prices.at(meter), 'must be given');
  return METERS.filter((meter) => prices.has(meter)).map((meter) => {
    const unit = EACH.has(meter) ? 'each' : 'million_tokens';
    return readComponent({ meter, unit, amount: prices.raw(meter) }, prices.at(meter));
  });
}

/** The form that readCustomModels reads. */
export function customModelRecord(model: CustomModel): CustomModelRecord {
  return {
    id: model.id,
    name: model.name,
    upstream_model: model.upstreamModel,
    context_window: model.contextWindow,
    max_output_tokens: model.maxOutputTokens,
    capabilities: capabilitiesRecord(model.capabilities),
    free: model.isFree,
    prices: model.isFree
      ? null
      : Object.fromEntries(model.prices.map(({ meter, amount }) => [meter, amount])),
  };
}
