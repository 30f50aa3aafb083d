import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonString } from './json-text.js';

it('a string is written as JSON.stringify writes it', () => {
  const characters = fc.oneof(fc.string(), fc.string({ unit: 'binary' }));
  fc.assert(fc.property(characters, (text) => expect(jsonString(text)).toBe(JSON.stringify(text))));
  for (const text of ['"', '\\', '\n', '\u007f', '\ud800', ''])
    expect(jsonString(text)).toBe(JSON.stringify(text));
});
