import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainText } from './text.js';

describe('plainText', () => {
  it.each([
    ['plain', 'plain'],
    ['a\r\nb\tc', 'a  b c'],
    ['\u001b[31mred', ' [31mred'],
    ['\u0000\u007f\u0085x', '   x'],
    ['é 🦫', 'é 🦫'],
    ['\ud83e', '\ufffd'],
    ['', ''],
  ])('%j → %j', (text, expected) => {
    expect(plainText(text, 100)).toBe(expected);
  });

  it('a character that the bound cuts through is replaced', () => {
    expect(plainText('ab🦫', 3)).toBe('ab\ufffd');
  });

  it('is short, well-formed and without control characters, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(40), (text, length) => {
        const plain = plainText(text, length);
        expect(plain.length).toBeLessThanOrEqual(length);
        expect(plain.isWellFormed()).toBe(true);
        expect(plain).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
