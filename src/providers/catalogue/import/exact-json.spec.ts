import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ExactNumber, parseExactJson, type ExactJson } from './exact-json.js';

/** The value as JSON.parse gives it. */
function plain(value: ExactJson): unknown {
  if (value instanceof ExactNumber) return Number(value.literal);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map)
    return Object.fromEntries(
      [...(value as ReadonlyMap<string, ExactJson>)].map(([name, inner]) => [name, plain(inner)]),
    );
  return value;
}

describe('parseExactJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        expect(JSON.stringify(plain(parseExactJson(text)))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('keeps a number as it is written', () => {
    expect(parseExactJson(' [0.10, 1.50e-07]')).toEqual([
      new ExactNumber('0.10'),
      new ExactNumber('1.50e-07'),
    ]);
  });

  it.each([
    ['{"a": [1, 2', 'ends in the middle, at line 1, column 12'],
    ['{"a":\n "b', 'ends in the middle, at line 2, column 4'],
    ['{"a": "\u0001"}', 'is not JSON, at line 1, column 7'],
    ['{"a": 1,\n "a": 2}', 'has "a" twice, at line 2, column 2'],
    ['[1] x', 'goes on after its end, at line 1, column 5'],
    ['[01]', 'is not JSON, at line 1, column 3'],
    ['', 'ends in the middle, at line 1, column 1'],
    ['['.repeat(100), 'is nested too deep, at line 1, column 66'],
  ])('%j %s', (text, message) => {
    expect(() => parseExactJson(text)).toThrow(message);
  });
});
