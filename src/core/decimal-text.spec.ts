import { expect, it } from '@jest/globals';
import { plainDecimal } from './decimal-text.js';

it.each([
  ['-0.0000000000005', '-0.000000000001'],
  ['1E3', '1000.000000000000'],
])('%s as a plain decimal is %s', (text, plain) => {
  expect(plainDecimal(text)).toBe(plain);
});
