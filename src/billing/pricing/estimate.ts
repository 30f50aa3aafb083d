import { GatewayError } from '../../core/errors.js';
import { ONE, UNITS_PER_PRICE, type Multiplier, type PicoUsd } from '../../core/money.js';
import { hasMeter, type MeterSet } from '../../core/meter-set.js';
import type { Meter, PriceComponent, PriceVersion } from '../../core/price.js';
import { tierMayServe } from '../../core/service-tier.js';
import { conditionsHold, type Circumstances } from './select.js';

/** The bounds of a call that has not been made yet. */
export interface HoldInput {
  /** At least as many as the call's input can be, cached ones included. */
  readonly inputTokensHigh: number;
  /** At least as many of them as can be anything but text: images, audio, files. Absent: all. */
  readonly mediaTokensHigh?: number;
  /** Of one choice, reasoning included. */
  readonly maxOutputTokens: number;
  /** Choices asked for. Default 1. */
  readonly n?: number;
  /** The most searches that the provider may run. Default 0. */
  readonly webSearches?: number;
  /** As requested. Absent or `auto` the provider chooses the tier; else it is that one or the default. */
  readonly serviceTier?: string | undefined;
  readonly searchContextSize?: string | undefined;
  /** When the call starts, milliseconds since the epoch. */
  readonly at: number;
  /** Meters that this call cannot touch, for example audio where the request has none. */
  readonly excludedMeters?: MeterSet;
}

/** The first one must have a price, the others may. */
type Meters = readonly [Meter, ...Meter[]];

const TEXT_METERS: Meters = [
  'input',
  'cache_read',
  'cache_write',
  'cache_write_5m',
  'cache_write_1h',
];
const MEDIA_METERS: Meters = [...TEXT_METERS, 'input_audio', 'cache_read_audio', 'input_image'];
const OUTPUT_METERS: Meters = ['output', 'reasoning', 'output_audio', 'output_image'];

/**
 * The most that a call within these bounds can cost: all text at the dearest meter of text, all other input at the
 * dearest of any input, all output at the dearest of output, the request fee and every search; each at the dearest
 * price that the bounds allow. Never below what priceUsage gives for usage within the bounds, to the pico-dollar.
 * @throws GatewayError model_not_priced if input, output or a search has no price.
 * @throws RangeError if a bound is not a count.
 */
export function estimateHold(
  input: HoldInput,
  version: PriceVersion,
  multiplier: Multiplier,
): PicoUsd {
  const bounds = readBounds(input);
  const rates = ratesFor(input, version);
  const cost = (units: bigint, rate: Rate): PicoUsd => {
    if (units === 0n) return 0n;
    if (rate.price === undefined) {
      throw new GatewayError('model_not_priced', {
        detail: `${version.id} does not price ${rate.meter}`,
      });
    }
    return mostFor(units, rate.price * multiplier.millionths, rate.lines);
  };
  return (
    cost(bounds.text, rates.text) +
    cost(bounds.media, rates.media) +
    cost(bounds.output, rates.output) +
    cost(rates.request.price === undefined ? 0n : 1n, rates.request) +
    cost(bounds.searches, rates.search)
  );
}

/** The dearest price of a group of meters; none where the group's own meter has no price. */
interface Rate {
  readonly meter: Meter;
  readonly price: bigint | undefined;
  /** Lines that the units may fall upon. */
  readonly lines: number;
}

interface Rates {
  readonly text: Rate;
  readonly media: Rate;
  readonly output: Rate;
  readonly request: Rate;
  readonly search: Rate;
}

const KNOWN_RATES = new WeakMap<PriceVersion, Map<string, Rates>>();

/** The rates of a version in these circumstances, worked out once where they do not depend on the clock. */
function ratesFor(input: HoldInput, version: PriceVersion): Rates {
  if (version.components.some(({ conditions }) => dependsOnTime(conditions))) {
    return workOutRates(input, version);
  }
  const known = KNOWN_RATES.get(version);
  const key = circumstancesKey(input, version);
  const before = known?.get(key);
  if (before) return before;
  const rates = workOutRates(input, version);
  if (!known) KNOWN_RATES.set(version, new Map([[key, rates]]));
  else if (known.size < MAX_KNOWN_RATES) known.set(key, rates);
  return rates;
}

const MAX_KNOWN_RATES = 64;

function dependsOnTime({ utcWindows, weekdays }: PriceComponent['conditions']): boolean {
  return utcWindows !== undefined || weekdays !== undefined;
}

/** All that decides, beside the clock, which components are possible. */
function circumstancesKey(input: HoldInput, version: PriceVersion): string {
  let thresholds = 0;
  for (const { conditions } of version.components) {
    if (input.inputTokensHigh > (conditions.inputTokensAbove ?? Infinity)) thresholds++;
  }
  const { excludedMeters = 0, serviceTier = '', searchContextSize = '' } = input;
  return `${thresholds} ${excludedMeters} ${serviceTier} ${searchContextSize}`;
}

function workOutRates(input: HoldInput, version: PriceVersion): Rates {
  const possible = version.components.filter((component) => isPossible(component, input));
  const rate = (meter: Meter, meters: readonly Meter[]): Rate => {
    const prices = possible.filter((component) => meters.includes(component.meter));
    const isPriced = prices.some((component) => component.meter === meter);
    const dearest = prices.reduce((most, { price }) => (price > most ? price : most), 0n);
    return { meter, price: isPriced ? dearest : undefined, lines: meters.length };
  };
  return {
    text: rate('input', TEXT_METERS),
    media: rate('input', MEDIA_METERS),
    output: rate('output', OUTPUT_METERS),
    request: rate('request', ['request']),
    search: rate('web_search', ['web_search']),
  };
}

interface Bounds {
  readonly text: bigint;
  readonly media: bigint;
  readonly output: bigint;
  readonly searches: bigint;
}

function readBounds(input: HoldInput): Bounds {
  const { inputTokensHigh, maxOutputTokens, n = 1, webSearches = 0 } = input;
  const media = Math.min(input.mediaTokensHigh ?? inputTokensHigh, inputTokensHigh);
  for (const bound of [inputTokensHigh, media, maxOutputTokens, n, webSearches]) {
    if (!Number.isSafeInteger(bound) || bound < 0) throw new RangeError(`not a count: ${bound}`);
  }
  return {
    text: BigInt(inputTokensHigh - media),
    media: BigInt(media),
    output: BigInt(maxOutputTokens) * BigInt(n),
    searches: BigInt(webSearches),
  };
}

/** Whether some call within the bounds can be priced by this component. */
function isPossible({ meter, conditions }: PriceComponent, input: HoldInput): boolean {
  if (hasMeter(input.excludedMeters ?? 0, meter)) return false;
  const mayServe = tierMayServe(conditions.serviceTier, input.serviceTier);
  const circumstances: Circumstances = {
    inputTokens: input.inputTokensHigh,
    at: input.at,
    searchContextSize: input.searchContextSize,
    serviceTier: mayServe ? conditions.serviceTier : input.serviceTier,
  };
  return conditionsHold(conditions, circumstances);
}

/**
 * The most that `units` can cost, however they fall upon at most `lines` lines at `rate` or less. Where the rate of a
 * unit is not a whole number of pico-dollars, each line may round up by itself.
 */
function mostFor(units: bigint, rate: bigint, lines: number): PicoUsd {
  const divisor = UNITS_PER_PRICE * ONE.millionths;
  const whole = (units * rate) / divisor;
  return rate % divisor === 0n ? whole : whole + BigInt(lines);
}
