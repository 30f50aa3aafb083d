import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { costOf, divideHalfUp, formatUsd, parseUsd } from '../../src/core/money.js';

/** As large as numeric(38,12) holds. */
const amount = fc.bigInt({ min: -(10n ** 38n - 1n), max: 10n ** 38n - 1n });
const quantity = fc.maxSafeNat();
const price = fc.bigInt({ min: 0n, max: 10n ** 24n });

describe('the laws of money', () => {
  it('parse ∘ format = id', () => {
    fc.assert(fc.property(amount, (value) => expect(parseUsd(formatUsd(value))).toBe(value)));
  });

  it('format ∘ parse takes off what says nothing, and is the same ever after', () => {
    const decimal = fc
      .tuple(
        fc.constantFrom('', '-'),
        fc.stringMatching(/^\d{1,26}$/),
        fc.stringMatching(/^(\.\d{1,12})?$/),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(decimal, (text) => {
        const once = formatUsd(parseUsd(text));
        expect(once).toMatch(/^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/);
        expect(formatUsd(parseUsd(once))).toBe(once);
      }),
    );
  });

  it('order is kept, and so are signs', () => {
    fc.assert(
      fc.property(amount, (value) => {
        expect(parseUsd(formatUsd(-value))).toBe(-value);
        expect(formatUsd(value).startsWith('-')).toBe(value < 0n);
      }),
    );
  });

  it('half up is off by no more than a half, and away from zero at a half', () => {
    const divisor = fc.bigInt({ min: 1n, max: 10n ** 20n });
    fc.assert(
      fc.property(amount, divisor, (dividend, by) => {
        const rest = (dividend - divideHalfUp(dividend, by) * by) * 2n;
        const size = rest < 0n ? -rest : rest;
        expect(size <= by).toBe(true);
        if (size === by) expect(rest < 0n).toBe(dividend > 0n);
        expect(divideHalfUp(-dividend, by)).toBe(-divideHalfUp(dividend, by));
      }),
    );
  });

  it('more units never cost less, and two lines are off from one by a pico-dollar at most', () => {
    fc.assert(
      fc.property(fc.nat(10 ** 9), fc.nat(10 ** 9), price, (left, right, per) => {
        const together = costOf(left + right, per);
        expect(together >= costOf(left, per)).toBe(true);
        const difference = costOf(left, per) + costOf(right, per) - together;
        expect(difference >= -1n && difference <= 1n).toBe(true);
      }),
    );
  });

  it('is exact where a million units divide', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), price, (millions, per) => {
        expect(costOf(millions * 1_000_000, per)).toBe(BigInt(millions) * per);
      }),
    );
    fc.assert(
      fc.property(quantity, (units) => expect(costOf(units, 1_000_000n)).toBe(BigInt(units))),
    );
  });
});
