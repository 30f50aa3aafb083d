import type { Meter, PriceComponent, PriceConditions, PriceVersion } from '../../core/price.js';
import { normalServiceTier } from '../../core/service-tier.js';

/** What the conditions of a price are judged by. */
export interface Circumstances {
  /** All input tokens of the call, cached ones included. */
  readonly inputTokens: number;
  /** When the call started, milliseconds since the epoch. */
  readonly at: number;
  /** The tier that served the call, as answered. */
  readonly serviceTier?: string | undefined;
  readonly searchContextSize?: string | undefined;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

/** Whether a time is in the UTC windows and weekdays that the conditions name; the end of a window is outside. */
export function holdsAt(conditions: PriceConditions, at: number): boolean {
  const minute = Math.floor(at / MINUTE_MS) % DAY_MINUTES;
  const { utcWindows, weekdays } = conditions;
  if (weekdays && !weekdays.includes(new Date(at).getUTCDay())) return false;
  return (
    !utcWindows ||
    utcWindows.some(({ fromMinute, toMinute }) => minute >= fromMinute && minute < toMinute)
  );
}

/** Whether all conditions that are present hold. A threshold on input tokens is strict: 200000 holds from 200001 on. */
export function conditionsHold(conditions: PriceConditions, circumstances: Circumstances): boolean {
  const { inputTokensAbove, serviceTier, searchContextSize } = conditions;
  if (inputTokensAbove !== undefined && circumstances.inputTokens <= inputTokensAbove) return false;
  if (serviceTier !== undefined && serviceTier !== normalServiceTier(circumstances.serviceTier))
    return false;
  if (searchContextSize !== undefined && searchContextSize !== circumstances.searchContextSize)
    return false;
  return holdsAt(conditions, circumstances.at);
}

/**
 * The component that prices each meter in these circumstances: of those that hold, the one with the most conditions;
 * of two that differ in the threshold, the higher one; of unlike conditions equal in number, the dearer, so that a
 * combination that nobody has published is never priced too low. A meter without a component is absent.
 */
export function selectComponents(
  version: PriceVersion,
  circumstances: Circumstances,
): ReadonlyMap<Meter, PriceComponent> {
  const known = UNCONDITIONAL.get(version);
  if (known) return known;
  const selected = select(version, circumstances);
  if (version.components.every(({ conditions }) => conditionCount(conditions) === 0))
    UNCONDITIONAL.set(version, selected);
  return selected;
}

/** Versions whose prices hold in all circumstances. */
const UNCONDITIONAL = new WeakMap<PriceVersion, ReadonlyMap<Meter, PriceComponent>>();

function select(
  version: PriceVersion,
  circumstances: Circumstances,
): ReadonlyMap<Meter, PriceComponent> {
  const selected = new Map<Meter, PriceComponent>();
  for (const component of version.components) {
    if (!conditionsHold(component.conditions, circumstances)) continue;
    const rival = selected.get(component.meter);
    if (!rival || precedence(component, rival) > 0) selected.set(component.meter, component);
  }
  return selected;
}

/** Above zero when `left` goes before `right`. */
function precedence(left: PriceComponent, right: PriceComponent): number {
  const byCount = conditionCount(left.conditions) - conditionCount(right.conditions);
  if (byCount !== 0) return byCount;
  const byThreshold =
    (left.conditions.inputTokensAbove ?? -1) - (right.conditions.inputTokensAbove ?? -1);
  const comparable =
    left.conditions.inputTokensAbove !== undefined &&
    right.conditions.inputTokensAbove !== undefined;
  if (comparable && byThreshold !== 0) return byThreshold;
  return left.price > right.price ? 1 : -1;
}

/** Windows and weekdays are one condition: together they name a time. */
function conditionCount({
  inputTokensAbove,
  serviceTier,
  searchContextSize,
  utcWindows,
  weekdays,
}: PriceConditions): number {
  const present = [inputTokensAbove, serviceTier, searchContextSize, utcWindows ?? weekdays];
  return present.filter((condition) => condition !== undefined).length;
}
