import { formatUsd, parseUsd } from '../../../core/money.js';

const LITERAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;
const PLACES = 12;
/** From so many digits on, a number was worked out by a computer: no provider quotes fifteen digits. */
const ARTEFACT_DIGITS = 15;

/** What a price is, or why it is none; the reason is the end of a sentence. */
export type PriceReading = { readonly amount: string } | { readonly problem: string };

/**
 * The number of a source, as it is written there, times ten to the power of `shift`: a plain decimal in USD of at most
 * 12 places. Nothing is rounded: what is left over by floating point, is finer, or is negative is a problem.
 */
export function readPriceLiteral(literal: string, shift: number): PriceReading {
  const match = LITERAL.exec(literal);
  if (!match) return { problem: `is no number: ${literal.slice(0, 40)}` };
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (sign === '-') return { problem: `is negative: ${literal}` };
  const digits = `${whole}${fraction}`.replace(/^0+/, '').replace(/0+$/, '');
  if (digits.length >= ARTEFACT_DIGITS)
    return { problem: `is an artefact of floating point: ${literal}` };
  const power = PLACES - fraction.length + Number(exponent) + shift;
  const scaled = scaledBy(BigInt(whole + fraction), power);
  if (scaled === undefined) return { problem: `has more than ${PLACES} places: ${literal}` };
  const amount = formatUsd(scaled);
  try {
    parseUsd(amount);
  } catch {
    return { problem: `is too large: ${literal}` };
  }
  return { amount };
}

/** Times ten to a power; undefined where a digit would be lost. */
function scaledBy(digits: bigint, power: number): bigint | undefined {
  if (digits === 0n) return 0n;
  if (power >= 0) return digits * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return digits % divisor === 0n ? digits / divisor : undefined;
}
