import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { weaknessOf } from './strong-secret.validator.js';

describe('weaknessOf', () => {
  it.each([
    ['', 'printable'],
    ['changeme', '32 characters'],
    ['short-but-9f2Kd81LqZ0vXw', '32 characters'],
    [`9f2Kd81LqZ0vXw ${'b7Rt3Yp6Mn5'.repeat(2)}`, 'printable'],
    [`9f2Kd81LqZ0vXwü${'b7Rt3Yp6Mn5'.repeat(2)}`, 'printable'],
    ['a'.repeat(64), 'guess'],
    ['changeme'.repeat(5), 'guess'],
    ['ChangeMe-ChangeMe-ChangeMe-Change', 'guess'],
    ['9f2Kd81LqZ0'.repeat(3), 'guess'],
    [`${'9f2Kd81LqZ0'.repeat(3)}9f2K`, 'guess'],
    ['0123456789abcdef0123456789abcdef', 'guess'],
    ['abcdefghijklmnopqrstuvwxyz0123456789', 'guess'],
    ['my-super-secret-admin-token-please-change-it-1234', 'guess'],
    ['your-secure-random-password-goes-here', 'guess'],
    ['admin_password_for_the_osm_gateway_01', 'guess'],
    ['correct-horse-battery-staple-correct-horse', 'guess'],
    ['1'.repeat(20) + '2'.repeat(20), 'guess'],
  ])('finds fault with %j', (secret, fault) => {
    expect(weaknessOf(secret)).toContain(fault);
  });

  it('finds none with random ones, however they are written', () => {
    for (let round = 0; round < 500; round++) {
      expect(weaknessOf(randomBytes(16).toString('hex'))).toBeUndefined();
      expect(weaknessOf(randomBytes(24).toString('base64'))).toBeUndefined();
    }
    expect(weaknessOf('walrus-obviously-tangerine-fjord-kiln')).toBeUndefined();
  });
});
