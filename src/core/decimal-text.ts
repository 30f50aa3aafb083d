const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;
const PLACES = 12;

/**
 * A decimal, also one with an exponent, times ten to the power of `shift`, as plain decimal of at most 12 places;
 * what is finer is rounded half up. Undefined where it is none.
 */
export function plainDecimal(text: string, shift = 0): string | undefined {
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const power = PLACES - fraction.length + Number(exponent) + shift;
  const digits = BigInt(whole + fraction);
  const pico = power >= 0 ? digits * 10n ** BigInt(power) : roundedHalfUp(digits, -power);
  const padded = pico.toString().padStart(PLACES + 1, '0');
  return `${sign}${padded.slice(0, -PLACES)}.${padded.slice(-PLACES)}`;
}

function roundedHalfUp(digits: bigint, places: number): bigint {
  const divisor = 10n ** BigInt(places);
  return (digits * 2n + divisor) / (divisor * 2n);
}
