/**
 * Exact money. Amounts are bigint pico-USD (10⁻¹² USD); prices are bigint pico-USD per million units.
 * No JavaScript number ever holds an amount.
 */
export type PicoUsd = bigint;

const PICO_DIGITS = 12;
const ZERO = 48;
const LEADING_ZEROS = Array.from({ length: PICO_DIGITS }, (_, count) => '0'.repeat(count));
const PICO_PER_USD = 10n ** BigInt(PICO_DIGITS);
const DECIMAL = /^(-?)(\d{1,26})(?:\.(\d{1,12}))?$/;

/** Units that a price is quoted for: a price of "2.5" means 2.5 USD for this many tokens. */
export const UNITS_PER_PRICE = 1_000_000n;

/**
 * Reads a plain decimal in USD ("0.000285", "-12.5").
 * @throws RangeError for exponents, more than 12 decimals or anything that is not a plain decimal.
 */
export function parseUsd(text: string): PicoUsd {
  const match = DECIMAL.exec(text);
  if (!match)
    throw new RangeError(`not a decimal USD amount with at most 12 decimals: ${text.slice(0, 64)}`);
  const [, sign = '', whole = '0', fraction = ''] = match;
  const pico = BigInt(whole) * PICO_PER_USD + BigInt(fraction.padEnd(PICO_DIGITS, '0'));
  return sign === '-' ? -pico : pico;
}

/** Writes an amount as a plain decimal in USD: no exponent, no trailing zeros, "0" for nothing. */
export function formatUsd(amount: PicoUsd): string {
  if (amount === 0n) return '0';
  const negative = amount < 0n;
  const digits = (negative ? -amount : amount).toString();
  const point = digits.length - PICO_DIGITS;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === ZERO) end--;
  const sign = negative ? '-' : '';
  if (point <= 0) return `${sign}0.${LEADING_ZEROS[-point] ?? ''}${digits.slice(0, end)}`;
  const whole = digits.slice(0, point);
  return end === point ? sign + whole : `${sign}${whole}.${digits.slice(point, end)}`;
}

/** Divides and rounds half up (away from zero at exactly one half). `divisor` must be positive. */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  if (divisor <= 0n) throw new RangeError('divisor must be positive');
  const negative = dividend < 0n;
  const magnitude = negative ? -dividend : dividend;
  const rounded = (magnitude * 2n + divisor) / (divisor * 2n);
  return negative ? -rounded : rounded;
}

/** A factor such as a plan multiplier, exact to six decimals. */
export interface Multiplier {
  readonly millionths: bigint;
}

export const ONE: Multiplier = { millionths: 1_000_000n };

/** Reads a factor of at most six decimals ("1.05"). @throws RangeError if it is negative or finer. */
export function parseMultiplier(text: string): Multiplier {
  const pico = parseUsd(text);
  if (pico < 0n || pico % 1_000_000n !== 0n)
    throw new RangeError(`not a multiplier: ${text.slice(0, 64)}`);
  return { millionths: pico / 1_000_000n };
}

/** Writes a factor as a plain decimal. */
export function formatMultiplier({ millionths }: Multiplier): string {
  return millionths === ONE.millionths ? '1' : formatUsd(millionths * 1_000_000n);
}

/**
 * What `quantity` units cost at `price` (pico-USD per million units) times `multiplier`.
 * Rounded once, half up, to a pico-dollar: the rounding rule of a cost line.
 */
export function costOf(quantity: number, price: bigint, multiplier: Multiplier = ONE): PicoUsd {
  if (!Number.isSafeInteger(quantity) || quantity < 0)
    throw new RangeError(`not a quantity: ${quantity}`);
  return divideHalfUp(
    BigInt(quantity) * price * multiplier.millionths,
    UNITS_PER_PRICE * ONE.millionths,
  );
}
