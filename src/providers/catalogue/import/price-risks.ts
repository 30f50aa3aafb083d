import { parseUsd } from '../../../core/money.js';
import type { ComponentRecord, ConditionsRecord } from '../catalogue-price.js';
import { byKey } from './component-record.js';

/** Slips of units: per thousand for per million, per token for per million, and back. */
const SLIPS = [1_000n, 1_000_000n] as const;
/** How near to such a factor counts, in percent. */
const SLIP_TOLERANCE = 10n;

/**
 * Why a change of prices needs a second look, each a phrase; none for a change that may just be made: more than half up
 * or down, nothing where there was a price, a slip of units, a cache that is dearer than the input, or a condition that
 * the prices before did not have.
 */
export function risksOf(
  before: readonly ComponentRecord[] | null,
  after: readonly ComponentRecord[],
): readonly string[] {
  const old = before ? byKey(before) : undefined;
  const risks = [...byKey(after)].flatMap(([key, component]) => {
    const earlier = old?.get(key);
    const name = nameOf(component);
    if (earlier) return stepRisk(name, parseUsd(earlier.amount), parseUsd(component.amount));
    const isNewCondition = old !== undefined && Object.keys(component.conditions).length > 0;
    return isNewCondition ? [`${name} is a new condition`] : [];
  });
  return [...risks, ...cacheRisk(after)];
}

function stepRisk(name: string, before: bigint, after: bigint): readonly string[] {
  if (before === after || before === 0n) return [];
  if (after === 0n) return [`${name} becomes free`];
  const [low, high] = before < after ? [before, after] : [after, before];
  for (const factor of SLIPS) {
    const slipped = low * factor;
    const difference = high > slipped ? high - slipped : slipped - high;
    if (difference * 100n <= slipped * SLIP_TOLERANCE)
      return [`${name} changes by a factor of ${factor}: a slip of units?`];
  }
  const isLarge = after * 2n > before * 3n || after * 2n < before;
  return isLarge ? [`${name} changes by more than half`] : [];
}

/** Reading from a cache is the reason to have one: it is never dearer than the same input without it. */
function cacheRisk(components: readonly ComponentRecord[]): readonly string[] {
  const inputs = byKey(components.filter(({ meter }) => meter === 'input'));
  return components.flatMap((component) => {
    if (component.meter !== 'cache_read') return [];
    const input = [...byKey([{ ...component, meter: 'input' }]).keys()].map((key) =>
      inputs.get(key),
    )[0];
    if (!input || parseUsd(component.amount) <= parseUsd(input.amount)) return [];
    return [`${nameOf(component)} is above the input`];
  });
}

/** `input`, or `input above 200000 tokens, priority`. */
export function nameOf({
  meter,
  conditions,
}: Pick<ComponentRecord, 'meter' | 'conditions'>): string {
  const words = conditionWords(conditions);
  return words.length === 0 ? meter : `${meter} ${words.join(', ')}`;
}

function conditionWords(conditions: ConditionsRecord): readonly string[] {
  const { input_tokens_above, service_tier, search_context_size, utc_windows, weekdays } =
    conditions;
  return [
    input_tokens_above === undefined ? [] : [`above ${input_tokens_above} tokens`],
    service_tier ?? [],
    search_context_size === undefined ? [] : [`${search_context_size} search context`],
    utc_windows ? [`at ${utc_windows.join(' and ')}`] : [],
    weekdays ? [`on weekdays ${weekdays.join(' ')}`] : [],
  ].flat();
}
