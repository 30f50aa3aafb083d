import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { faultOfShape } from './json-shape.js';

const faultOf = (text: string) => faultOfShape(text);
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

  describe('has at most 200,000 elements', () => {
    const fault = 'has more than 200000 elements (fields, items, objects and arrays)';
    const many = (count: number, of: string) => Array(count).fill(of).join();

    it.each([
      ['fields', 200_000, (count: number) => `{${many(count, '"a":1')}}`],
      ['numbers', 200_000, (count: number) => `[${many(count, '1')}]`],
      ['objects', 99_999, (count: number) => `[${many(count + 1, '{}')}]`],
      ['arrays', 99_999, (count: number) => `{"messages":[${many(count, '[]')}]}`],
      ['arrays in arrays', 22_222, (count: number) => `[${many(count, nested(8))}]`],
    ])('%s', (_what, count, text) => {
      expect(faultOf(text(count))).toBeUndefined();
      expect(faultOf(text(count + 1))).toBe(fault);
    });

    it('of which none is in a string', () => {
      expect(faultOf(`"${',[{:'.repeat(200_001)}"`)).toBeUndefined();
    });

    it('or as many as are told', () => {
      expect([faultOfShape('[1,2]', 2), faultOfShape('[1,2]', 1)]).toEqual([
        undefined,
        'has more than 1 elements (fields, items, objects and arrays)',
      ]);
    });
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
