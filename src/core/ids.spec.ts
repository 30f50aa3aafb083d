import { describe, expect, it } from '@jest/globals';
import { ID_PREFIX, isPlainToken } from './ids.js';

describe('isPlainToken', () => {
  it.each(['a', '0', 'req-1_2.3:4/5', '~!@#', 'x'.repeat(128)])('%s', (text) => {
    expect(isPlainToken(text)).toBe(true);
  });

  it.each(['', ' ', 'a b', 'a\n', '\ta', 'é', 'a\u0000', '\u007f', 'x'.repeat(129)])(
    'not %j',
    (text) => {
      expect(isPlainToken(text)).toBe(false);
    },
  );
});

it('no prefix of an id begins another', () => {
  const prefixes = Object.values(ID_PREFIX);
  for (const prefix of prefixes)
    expect(prefixes.filter((other) => other.startsWith(prefix))).toEqual([prefix]);
});
