import { expect, it } from '@jest/globals';
import { ownEntry } from './own-entry.js';

it('a table has the entries that were written into it, and no others', () => {
  const table = { a: 1 };
  expect(ownEntry(table, 'a')).toBe(1);
  for (const name of ['b', 'constructor', '__proto__', 'toString', undefined, null, 5, {}])
    expect(ownEntry(table, name)).toBeUndefined();
});
