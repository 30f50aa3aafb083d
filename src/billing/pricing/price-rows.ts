import { parseUsd, UNITS_PER_PRICE } from '../../core/money.js';
import type { Meter, PriceComponent, PriceConditions, PriceVersion } from '../../core/price.js';

/** A row of price_component. */
export interface ComponentRow {
  readonly meter: string;
  readonly unit: string;
  /** USD per million tokens, or for each. */
  readonly amount: string;
  readonly conditions: Readonly<Record<string, unknown>>;
}

/** Rows of a price version as pricing needs them. */
export function priceVersionOf(id: string, rows: readonly ComponentRow[]): PriceVersion {
  return { id, validFrom: 0, components: rows.map(componentOf) };
}

function componentOf({ meter, unit, amount, conditions }: ComponentRow): PriceComponent {
  const price = parseUsd(amount);
  return {
    meter: meter as Meter,
    price: unit === 'each' ? price * UNITS_PER_PRICE : price,
    conditions: conditionsOf(conditions),
  };
}

/** The conditions of a price as the catalogue writes them. */
function conditionsOf(row: Readonly<Record<string, unknown>>): PriceConditions {
  const { input_tokens_above: above, service_tier: tier, search_context_size: size } = row;
  const { utc_windows: windows, weekdays } = row;
  return {
    ...(typeof above === 'number' && { inputTokensAbove: above }),
    ...(typeof tier === 'string' && { serviceTier: tier }),
    ...(typeof size === 'string' && { searchContextSize: size }),
    ...(Array.isArray(windows) && { utcWindows: windows.map((window) => minutesOf(`${window}`)) }),
    ...(Array.isArray(weekdays) && { weekdays: weekdays.map(Number) }),
  };
}

/** "22:00-24:00" in minutes of the day. */
function minutesOf(window: string): { fromMinute: number; toMinute: number } {
  const [from = '', to = ''] = window.split('-');
  return { fromMinute: minuteOf(from), toMinute: minuteOf(to) };
}

function minuteOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}
