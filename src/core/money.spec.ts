import { describe, expect, it } from '@jest/globals';
import {
  costOf,
  divideHalfUp,
  formatUsd,
  ONE,
  parseMultiplier,
  parseUsd,
  UNITS_PER_PRICE,
} from './money.js';

describe('parseUsd', () => {
  it.each([
    ['0', 0n],
    ['1', 1_000_000_000_000n],
    ['0.000285', 285_000_000n],
    ['-12.5', -12_500_000_000_000n],
    ['0.000000000001', 1n],
    ['-0.000000000001', -1n],
    ['007.10', 7_100_000_000_000n],
    ['-0', 0n],
    ['99999999999999999999999999', 99_999_999_999_999_999_999_999_999_000_000_000_000n],
  ])('%s', (text, amount) => {
    expect(parseUsd(text)).toBe(amount);
  });

  it.each([
    ...[
      '',
      ' ',
      '1e3',
      '1E-3',
      '.5',
      '5.',
      '1.0000000000001',
      '+1',
      '1,5',
      '0x10',
      '1_000',
      ' 1',
      '1 ',
      '1\n',
    ],
    ...['NaN', 'Infinity', '--1', '1.2.3', '٣', '9'.repeat(27)],
  ])('refuses %j', (text) => {
    expect(() => parseUsd(text)).toThrow(RangeError);
  });

  it('an error shows no more than the beginning of what it was given', () => {
    expect(() => parseUsd('x'.repeat(1_000))).toThrow(/x{64}$/);
  });
});

describe('formatUsd', () => {
  it.each([
    [0n, '0'],
    [1n, '0.000000000001'],
    [-1n, '-0.000000000001'],
    [285_000_000n, '0.000285'],
    [1_000_000_000_000n, '1'],
    [1_100_000_000_000n, '1.1'],
    [-12_500_000_000_000n, '-12.5'],
    [10n ** 30n, '1000000000000000000'],
  ])('%s', (amount, text) => {
    expect(formatUsd(amount)).toBe(text);
  });
});

describe('divideHalfUp', () => {
  it.each([
    [7n, 2n, 4n],
    [5n, 2n, 3n],
    [-5n, 2n, -3n],
    [4n, 3n, 1n],
    [5n, 3n, 2n],
    [-4n, 3n, -1n],
    [1n, 2n, 1n],
    [-1n, 2n, -1n],
    [0n, 5n, 0n],
    [499_999n, 1_000_000n, 0n],
    [500_000n, 1_000_000n, 1n],
  ])('%s / %s = %s', (dividend, divisor, quotient) => {
    expect(divideHalfUp(dividend, divisor)).toBe(quotient);
  });

  it('needs a positive divisor', () => {
    for (const divisor of [0n, -1n]) expect(() => divideHalfUp(1n, divisor)).toThrow(RangeError);
  });
});

describe('parseMultiplier', () => {
  it.each([
    ['1', ONE.millionths],
    ['1.05', 1_050_000n],
    ['0', 0n],
    ['0.000001', 1n],
    ['1.050000', 1_050_000n],
  ])('%s', (text, millionths) => {
    expect(parseMultiplier(text)).toEqual({ millionths });
  });

  it.each(['-1', '0.0000001', 'x'])('refuses %s', (text) => {
    expect(() => parseMultiplier(text)).toThrow(RangeError);
  });
});

describe('costOf', () => {
  it('a price is for a million units', () => {
    expect(costOf(Number(UNITS_PER_PRICE), parseUsd('2.5'))).toBe(parseUsd('2.5'));
    expect(formatUsd(costOf(1_234, parseUsd('2.5')))).toBe('0.003085');
    expect(costOf(0, parseUsd('2.5'))).toBe(0n);
  });

  it('rounds half up to a pico-dollar, once', () => {
    expect(costOf(1, 499_999n)).toBe(0n);
    expect(costOf(1, 500_000n)).toBe(1n);
    expect(costOf(3, 500_000n)).toBe(2n);
    // 1 × 999,999 × 0.5 = 0.4999995 pico-dollars: rounded before the factor it would be one.
    expect(costOf(1, 999_999n, parseMultiplier('0.5'))).toBe(0n);
  });

  it('the multiplier is exact', () => {
    expect(formatUsd(costOf(1_000_000, parseUsd('3'), parseMultiplier('1.055555')))).toBe(
      '3.166665',
    );
    expect(costOf(7, parseUsd('3'), parseMultiplier('0'))).toBe(0n);
  });

  it.each([-1, 0.5, NaN, Infinity, 2 ** 53])('refuses %s units', (quantity) => {
    expect(() => costOf(quantity, 1n)).toThrow(RangeError);
  });
});
