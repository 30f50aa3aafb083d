import { describe, expect, it } from '@jest/globals';
import { cutAtRandom } from './random-cuts.js';

describe('cutAtRandom', () => {
  const bytes = Buffer.from('ü'.repeat(5_000));

  it('loses and adds nothing, and cuts in many places', () => {
    const pieces = cutAtRandom(bytes, 'seed');
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
    expect(pieces.length).toBeGreaterThan(100);
    expect(pieces.some((piece) => piece.length % 2 === 1)).toBe(true);
  });

  it('cuts alike for the same seed only', () => {
    const lengths = (seed: string): number[] =>
      cutAtRandom(bytes, seed).map((piece) => piece.length);
    expect(lengths('one')).toEqual(lengths('one'));
    expect(lengths('one')).not.toEqual(lengths('other'));
  });

  it('lets a small body fall into bytes', () => {
    expect(cutAtRandom(Buffer.from('abc'), 'seed').map((piece) => piece.length)).toEqual([1, 1, 1]);
  });
});
