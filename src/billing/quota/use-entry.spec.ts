import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readUseEntry, useEntry } from './use-entry.js';

const amount = fc.constantFrom('0', '1', '0.25', '65536');

describe('what a call used of a quota, as its close record has it', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(amount, amount, amount, amount, (hold, taken, cost, kept) => {
        const entry = useEntry('quo_1', 7, hold, taken, cost, kept);
        expect(readUseEntry(entry)).toEqual({ quota: 'quo_1', period: 7, hold, taken, cost, kept });
      }),
    );
  });

  it.each([
    [['1', '1', '1', '0'], ['1']],
    [
      ['1', '0.5', '0.5', '0'],
      ['1', '0.5'],
    ],
    [
      ['1', '0', '0', '0'],
      ['1', '0'],
    ],
    [
      ['1', '0.5', '1', '0'],
      ['1', '0.5', '1'],
    ],
    [
      ['1', '1', '1', '0.5'],
      ['1', '1', '1', '0.5'],
    ],
  ] as const)('leaves out of %j what repeats itself: %j', ([hold, taken, cost, kept], places) => {
    expect(useEntry('quo_1', 7, hold, taken, cost, kept)).toEqual(['quo_1', 7, ...places]);
  });
});
