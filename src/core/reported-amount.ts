import { plainDecimal } from './decimal-text.js';
import { parseUsd, type PicoUsd } from './money.js';

/** More than any call can cost, USD; a provider that says more says nonsense. */
const LARGEST_USD = 1_000_000;

/**
 * An amount that a provider wrote into its JSON, times ten to the power of `exponent`, in pico-USD; undefined where it
 * is none, or none that can be.
 *
 * Parsed JSON holds a number, not its text. Its shortest decimal (ECMA-262, Number::toString) is that text again for
 * every amount of up to 15 digits, and for longer ones that were themselves written from a double, as providers do. It
 * is taken as text and rounded once, half up, to a pico-dollar: nothing is reckoned in floating point. An amount that
 * came as a text is taken as it is.
 */
export function reportedAmount(value: unknown, exponent = 0): PicoUsd | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const plain = plainDecimal(String(value), exponent);
  if (plain === undefined || plain.startsWith('-') || plain.length > LONGEST) return undefined;
  const amount = parseUsd(plain);
  return amount > LARGEST ? undefined : amount;
}

const LARGEST = parseUsd(String(LARGEST_USD));
const LONGEST = 38;
