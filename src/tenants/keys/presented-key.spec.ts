import { describe, expect, it } from '@jest/globals';
import { presentedKey } from './presented-key.js';

describe('presentedKey', () => {
  it.each([
    [{ authorization: 'Bearer k1' }, 'k1'],
    [{ authorization: 'bearer k1' }, 'k1'],
    [{ authorization: 'BEARER   k1  ' }, 'k1'],
    [{ 'x-api-key': 'k1' }, 'k1'],
    [{ 'x-api-key': ' k1 ' }, 'k1'],
    [{ 'api-key': 'k1' }, 'k1'],
    [{ 'x-api-key': ['k1', 'k2'] }, 'k1'],
    // Bearer goes first; what is wrong there is not made good elsewhere.
    [{ authorization: 'Bearer k1', 'x-api-key': 'k2' }, 'k1'],
    [{ authorization: 'Basic k1', 'x-api-key': 'k2' }, undefined],
    [{ 'x-api-key': 'k1', 'api-key': 'k2' }, 'k1'],
    [{ 'x-api-key': '  ', 'api-key': 'k2' }, 'k2'],
    [{}, undefined],
    [{ authorization: '' }, undefined],
    [{ authorization: 'Bearer' }, undefined],
    [{ authorization: 'Bearer ' }, undefined],
    [{ authorization: 'Bearer k1 k2' }, undefined],
    [{ authorization: 'k1' }, undefined],
    [{ cookie: 'api-key=k1' }, undefined],
  ])('%j → %s', (headers, key) => {
    expect(presentedKey(headers)).toBe(key);
  });
});
