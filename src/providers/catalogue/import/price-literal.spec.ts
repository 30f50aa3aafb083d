import { describe, expect, it } from '@jest/globals';
import { readPriceLiteral } from './price-literal.js';

describe('readPriceLiteral', () => {
  it.each([
    ['3', 0, '3'],
    ['0.075', 0, '0.075'],
    ['1.5e-07', 6, '0.15'],
    ['2.5E-6', 6, '2.5'],
    ['0.00000025', 6, '0.25'],
    ['10', -3, '0.01'],
    ['0', 6, '0'],
    ['0e-300', 6, '0'],
  ])('%s times ten to the %i is %s', (literal, shift, amount) => {
    expect(readPriceLiteral(literal, shift)).toEqual({ amount });
  });

  it.each([
    ['0.7499999999999999', 0, 'is an artefact of floating point: 0.7499999999999999'],
    ['7.500000000000001e-07', 6, 'is an artefact of floating point: 7.500000000000001e-07'],
    ['-0.5', 0, 'is negative: -0.5'],
    ['1e-13', 0, 'has more than 12 places: 1e-13'],
    ['1e30', 0, 'is too large: 1e30'],
    ['free', 0, 'is no number: free'],
  ])('%s times ten to the %i is no price', (literal, shift, problem) => {
    expect(readPriceLiteral(literal, shift)).toEqual({ problem });
  });
});
