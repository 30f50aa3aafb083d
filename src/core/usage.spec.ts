import { describe, expect, it } from '@jest/globals';
import { costBasisOf, RANKS } from './usage.js';

describe('costBasisOf', () => {
  it('has a word for every rank', () => {
    expect(RANKS.map((rank) => [rank, costBasisOf(rank)])).toEqual([
      ['progress', 'estimated'],
      ['estimate', 'estimated'],
      ['final', 'final'],
      ['provider_report', 'provider_reported'],
      ['manual', 'final'],
    ]);
  });
});
