import { createHash } from 'node:crypto';
import { formatUsd, parseUsd, UNITS_PER_PRICE, type PicoUsd } from '../../core/money.js';
import { METERS, type Meter, type PriceComponent, type PriceConditions } from '../../core/price.js';
import { Fields, refuse, type Place } from './catalogue-fields.js';

export const PRICE_UNITS = ['million_tokens', 'each'] as const;
export type PriceUnit = (typeof PRICE_UNITS)[number];

/** The conditions of a price as files and the database hold them. */
export interface ConditionsRecord {
  readonly input_tokens_above?: number;
  readonly service_tier?: string;
  readonly search_context_size?: string;
  /** "01:00-04:00"; the end is outside, and not before the start. */
  readonly utc_windows?: readonly string[];
  /** 0 = Sunday. */
  readonly weekdays?: readonly number[];
}

/** A price as files and the database hold it: USD per unit, a plain decimal. */
export interface ComponentRecord {
  readonly meter: Meter;
  readonly unit: PriceUnit;
  readonly amount: string;
  readonly conditions: ConditionsRecord;
}

const EACH_METERS: ReadonlySet<Meter> = new Set<Meter>(['request', 'web_search']);
const WINDOW = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;
const DAY_MINUTES = 1_440;
const MAX_AMOUNT = parseUsd('1000000');

/** @throws CatalogueFileError naming the field that is wrong. */
export function readComponent(value: unknown, place: Place): ComponentRecord {
  const fields = Fields.of(value, place, ['meter', 'unit', 'amount', 'conditions']);
  const meter = fields.oneOf('meter', METERS);
  const unit = fields.oneOf('unit', PRICE_UNITS);
  const expected = EACH_METERS.has(meter) ? 'each' : 'million_tokens';
  if (unit !== expected) refuse(fields.at('unit'), `must be ${expected} for ${meter}`);
  const conditions = fields.has('conditions')
    ? readConditions(fields.raw('conditions'), fields.at('conditions'))
    : {};
  return { meter, unit, amount: readAmount(fields), conditions };
}

function readAmount(fields: Fields): string {
  const text = fields.text('amount');
  let amount: PicoUsd;
  try {
    amount = parseUsd(text);
  } catch {
    return refuse(fields.at('amount'), 'must be a plain decimal with at most 12 places');
  }
  if (amount < 0n || text.startsWith('-')) refuse(fields.at('amount'), 'must not be negative');
  if (amount > MAX_AMOUNT) refuse(fields.at('amount'), 'is above a million USD');
  return formatUsd(amount);
}

const CONDITION_KEYS = [
  'input_tokens_above',
  'service_tier',
  'search_context_size',
  'utc_windows',
  'weekdays',
] as const;

/** @throws CatalogueFileError naming the field that is wrong. */
export function readConditions(value: unknown, place: Place): ConditionsRecord {
  const fields = Fields.of(value, place, CONDITION_KEYS);
  return {
    ...(fields.has('input_tokens_above') && {
      input_tokens_above: fields.count('input_tokens_above', 1),
    }),
    ...(fields.has('service_tier') && {
      service_tier: fields.text('service_tier'),
    }),
    ...(fields.has('search_context_size') && {
      search_context_size: fields.text('search_context_size'),
    }),
    ...(fields.has('utc_windows') && {
      utc_windows: notEmpty(fields, 'utc_windows', readWindow),
    }),
    ...(fields.has('weekdays') && {
      weekdays: notEmpty(fields, 'weekdays', readWeekday),
    }),
  };
}

/** A list without entries would be a condition that never holds. */
function notEmpty<Entry>(
  fields: Fields,
  name: string,
  read: (value: unknown, place: Place) => Entry,
): readonly Entry[] {
  const entries = fields.list(name, read);
  if (entries.length === 0) refuse(fields.at(name), 'must not be empty');
  return entries;
}

function readWindow(value: unknown, place: Place): string {
  if (typeof value !== 'string' || !WINDOW.test(value))
    return refuse(place, 'must be a window such as 01:00-04:00');
  const { fromMinute, toMinute } = windowMinutes(value);
  if (fromMinute >= toMinute) refuse(place, 'must end after it starts; split it at midnight');
  return value;
}

function readWeekday(value: unknown, place: Place): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 6) {
    return refuse(place, 'must be a weekday, 0 (Sunday) to 6');
  }
  return value;
}

function windowMinutes(window: string): {
  fromMinute: number;
  toMinute: number;
} {
  const minutes = window.split('-').map((time) => {
    const [hours = '0', rest = '0'] = time.split(':');
    return Number(hours) * 60 + Number(rest);
  });
  return { fromMinute: minutes[0] ?? 0, toMinute: minutes[1] ?? DAY_MINUTES };
}

/** The price as pricing needs it: pico-USD per million units. */
export function toPriceComponent(record: ComponentRecord): PriceComponent {
  const amount = parseUsd(record.amount);
  return {
    meter: record.meter,
    price: record.unit === 'each' ? amount * UNITS_PER_PRICE : amount,
    conditions: toConditions(record.conditions),
  };
}

function toConditions(record: ConditionsRecord): PriceConditions {
  const { input_tokens_above, service_tier, search_context_size, utc_windows, weekdays } = record;
  return {
    ...(input_tokens_above !== undefined && {
      inputTokensAbove: input_tokens_above,
    }),
    ...(service_tier !== undefined && { serviceTier: service_tier }),
    ...(search_context_size !== undefined && {
      searchContextSize: search_context_size,
    }),
    ...(utc_windows && { utcWindows: utc_windows.map(windowMinutes) }),
    ...(weekdays && { weekdays }),
  };
}

const ID_DIGITS = 32;

/**
 * The id of a price version: the same offer, start and prices have the same id, so that seeding again adds nothing
 * and no other prices can take the place of published ones. `validFrom` in milliseconds since the epoch.
 */
export function priceVersionId(
  offerId: string,
  validFrom: number,
  components: readonly ComponentRecord[],
): string {
  const content = components.map(({ meter, unit, amount, conditions }) => [
    meter,
    unit,
    amount,
    CONDITION_KEYS.map((key) => conditions[key] ?? null),
  ]);
  const hash = createHash('sha256')
    .update(JSON.stringify([offerId, validFrom, content]))
    .digest('hex');
  return `pv_${hash.slice(0, ID_DIGITS)}`;
}
