import { describe, expect, it } from '@jest/globals';
import { hasMeter, meterSet } from './meter-set.js';
import { METERS } from './price.js';

describe('a set of meters', () => {
  it('has what it was made of and nothing else', () => {
    const set = meterSet('output', 'web_search', 'output');
    expect(METERS.filter((meter) => hasMeter(set, meter))).toEqual(['output', 'web_search']);
    expect(meterSet()).toBe(0);
  });

  it('is another one for each meter', () => {
    expect(new Set(METERS.map((meter) => meterSet(meter))).size).toBe(METERS.length);
    expect(METERS.filter((meter) => hasMeter(meterSet(...METERS), meter))).toEqual([...METERS]);
  });
});
