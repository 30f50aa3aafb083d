import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatUsd } from '../../core/money.js';
import { AmountTexts, PIECE } from './amount.js';

describe('AmountTexts', () => {
  it('writes as formatUsd does, whatever was asked before', () => {
    const amount = fc.oneof(fc.constantFrom(0n, PIECE, -PIECE, 5n), fc.bigInt({ min: 0n }));
    fc.assert(
      fc.property(fc.array(amount), (amounts) => {
        const texts = new AmountTexts();
        const twice = amounts.flatMap((one) => [one, one]);
        expect(twice.map((one) => texts.of(one))).toEqual(twice.map(formatUsd));
      }),
    );
  });
});
