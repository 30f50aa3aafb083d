import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatUsd, parseUsd } from './money.js';
import { reportedAmount } from './reported-amount.js';

const read = (json: string, exponent = 0) => {
  const amount = reportedAmount(JSON.parse(json), exponent);
  return amount === undefined ? undefined : formatUsd(amount);
};

describe('an amount in the JSON of a provider', () => {
  it.each([
    ['0.00012', '0.00012'],
    ['1e-05', '0.00001'],
    ['2.8e-8', '0.000000028'],
    ['0', '0'],
    ['1234.56', '1234.56'],
    ['"0.0021"', '0.0021'],
    // What a sum of floats leaves behind is rounded away.
    ['0.30000000000000004', '0.3'],
    ['0.7499999999999999', '0.75'],
    // Finer than a pico-dollar: half up.
    ['0.0000000000005', '0.000000000001'],
    ['0.0000000000004', '0'],
  ])('%s is %s USD', (json, usd) => expect(read(json)).toBe(usd));

  it('may be counted in ticks', () => {
    expect(read('955600', -10)).toBe('0.00009556');
    expect(read('9007199254740991', -10)).toBe('900719.9254740991');
  });

  it.each(['-0.1', 'null', 'true', '"free"', '{}', '1e7', '1e300', '"1e999"', '""'])(
    '%s is none',
    (json) => expect(read(json)).toBeUndefined(),
  );

  it('of 15 digits or fewer is exact', () => {
    const amounts = fc.tuple(
      fc.integer({ min: 0, max: 999 }),
      fc.bigInt({ min: 0n, max: 999_999_999_999n }),
    );
    fc.assert(
      fc.property(amounts, ([whole, pico]) => {
        const text = `${whole}.${pico.toString().padStart(12, '0')}`;
        expect(reportedAmount(JSON.parse(text))).toBe(parseUsd(text));
      }),
    );
  });
});
