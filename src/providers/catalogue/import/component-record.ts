import { formatUsd, UNITS_PER_PRICE } from '../../../core/money.js';
import type { PriceComponent, PriceConditions } from '../../../core/price.js';
import type { ComponentRecord, ConditionsRecord } from '../catalogue-price.js';

const DAY_MINUTES = 1_440;

/** A price of the snapshot in the form in which files have it: the other way round than toPriceComponent. */
export function componentRecord({ meter, price, conditions }: PriceComponent): ComponentRecord {
  const isEach = meter === 'request' || meter === 'web_search';
  return {
    meter,
    unit: isEach ? 'each' : 'million_tokens',
    amount: formatUsd(isEach ? price / UNITS_PER_PRICE : price),
    conditions: conditionsRecord(conditions),
  };
}

function conditionsRecord(conditions: PriceConditions): ConditionsRecord {
  const { inputTokensAbove, serviceTier, searchContextSize, utcWindows, weekdays } = conditions;
  return {
    ...(inputTokensAbove !== undefined && { input_tokens_above: inputTokensAbove }),
    ...(serviceTier !== undefined && { service_tier: serviceTier }),
    ...(searchContextSize !== undefined && { search_context_size: searchContextSize }),
    ...(utcWindows && {
      utc_windows: utcWindows.map(({ fromMinute, toMinute }) =>
        [fromMinute, toMinute].map(timeOfDay).join('-'),
      ),
    }),
    ...(weekdays && { weekdays }),
  };
}

function timeOfDay(minute: number): string {
  if (minute === DAY_MINUTES) return '24:00';
  const hours = Math.floor(minute / 60);
  return [hours, minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** What two prices must have in common to be prices of the same thing. */
export function componentKey({ meter, conditions }: ComponentRecord): string {
  const { input_tokens_above, service_tier, search_context_size, utc_windows, weekdays } =
    conditions;
  return JSON.stringify([
    meter,
    input_tokens_above ?? null,
    service_tier ?? null,
    search_context_size ?? null,
    utc_windows ?? null,
    weekdays ?? null,
  ]);
}

/** Prices by key, in the order of their keys. */
export function byKey(
  components: readonly ComponentRecord[],
): ReadonlyMap<string, ComponentRecord> {
  const entries = components.map((component) => [componentKey(component), component] as const);
  return new Map(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Whether the prices are the same, in whatever order. */
export function isSamePrice(
  one: readonly ComponentRecord[],
  other: readonly ComponentRecord[],
): boolean {
  const text = (components: readonly ComponentRecord[]): string =>
    JSON.stringify([...byKey(components)].map(([key, { amount }]) => [key, amount]));
  return text(one) === text(other);
}

/** The prices of an offer after a source spoke of some of them: what it says takes the place of the same, or is added. */
export function overlaid(
  current: readonly ComponentRecord[],
  said: readonly ComponentRecord[],
): readonly ComponentRecord[] {
  const after = new Map(current.map((component) => [componentKey(component), component]));
  for (const component of said) after.set(componentKey(component), component);
  return [...after.values()];
}
