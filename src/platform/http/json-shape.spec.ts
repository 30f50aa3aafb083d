import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { faultOfShape } from './json-shape.js';

const faultOf = (text: string) => faultOfShape(Buffer.from(text));
const nested = (levels: number, inner = '') => `${'['.repeat(levels)}${inner}${']'.repeat(levels)}`;

describe('the shape of JSON', () => {
  it('nests 64 levels deep, not 65', () => {
    expect(faultOf(nested(64))).toBeUndefined();
    expect(faultOf(nested(65))).toBe('nests deeper than 64 levels');
    expect(faultOf(`${'{"a":'.repeat(64)}1${'}'.repeat(64)}`)).toBeUndefined();
    expect(faultOf('{"a":['.repeat(33))).toBeDefined();
  });

  it.each([
    ['brackets in a string', `"${'['.repeat(500)}"`],
    ['behind an escaped quote', `"\\"${'['.repeat(500)}"`],
    ['in a key', `{"${'{'.repeat(500)}":1}`],
    ['one level after the other', `[${Array(500).fill('[]').join()}]`],
    ['a string that ends in a backslash', `["\\\\",${nested(62)}]`],
  ])('counts levels alone, not %s', (_what, text) => {
    expect(faultOf(text)).toBeUndefined();
  });

  it('a string ends where JSON ends it', () => {
    expect(faultOf(`["\\\\",${nested(64)}]`)).toBeDefined();
    expect(faultOf(`["\\\\\\"",${nested(64)}]`)).toBeDefined();
  });

  it('has at most 200,000 fields; colons in strings are none', () => {
    const fields = (count: number) => `{${Array(count).fill('"a":1').join()}}`;
    expect(faultOf(fields(200_000))).toBeUndefined();
    expect(faultOf(fields(200_001))).toBe('has more than 200000 fields');
    expect(faultOf(`"${':'.repeat(200_001)}"`)).toBeUndefined();
  });

  it('is looked at in one pass: a hundred thousand brackets take no time', () => {
    const begin = performance.now();
    expect(faultOf('['.repeat(100_000))).toBeDefined();
    // A pass for each bracket would take far longer.
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  it('is the depth that the value has', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null
        ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
        : 0;
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 6 }),
        fc.integer({ min: 56, max: 66 }),
        (value, more) => {
          const text = nested(more, JSON.stringify(value));
          expect(faultOf(text) === undefined).toBe(depthOf(value) + more <= 64);
        },
      ),
    );
  });
});
