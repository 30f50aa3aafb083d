import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decrypt, encrypt, joinParts, KEY_BYTES, NONCE_BYTES } from './envelope.js';

const key = randomBytes(KEY_BYTES);
const plain = Buffer.from('a secret');
const sealed = (context: readonly string[]) =>
  encrypt(key, randomBytes(NONCE_BYTES), plain, context);

describe('joinParts', () => {
  it('two lists give the same bytes only if they are the same', () => {
    const parts = fc.array(fc.string({ maxLength: 4 }), { maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (left, right) => {
        const isSame = JSON.stringify(left) === JSON.stringify(right);
        expect(joinParts(left).equals(joinParts(right))).toBe(isSame);
      }),
    );
    expect(joinParts(['ab', 'c']).equals(joinParts(['a', 'bc']))).toBe(false);
  });
});

describe('an encrypted secret', () => {
  it('is what it was, and longer by format, nonce and tag alone', () => {
    const bytes = sealed(['crd_1', 'org_1']);
    expect(decrypt(key, bytes, ['crd_1', 'org_1']).toString()).toBe('a secret');
    expect(bytes).toHaveLength(plain.length + 1 + 12 + 16);
    expect(Buffer.from(bytes).includes(plain)).toBe(false);
  });

  it.each([[['crd_2', 'org_1']], [['crd_1', 'org_2']], [['crd_1o', 'rg_1']], [['crd_1']], [[]]])(
    'does not open as %j',
    (context) => {
      expect(() => decrypt(key, sealed(['crd_1', 'org_1']), context)).toThrow();
    },
  );

  it('does not open with another key', () => {
    expect(() => decrypt(randomBytes(KEY_BYTES), sealed([]), [])).toThrow();
  });

  it('does not open when any byte of it was changed, or the end is missing', () => {
    const bytes = sealed(['x']);
    for (let index = 0; index < bytes.length; index++) {
      const changed = Uint8Array.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => decrypt(key, changed, ['x'])).toThrow();
    }
    for (const length of [0, 1, 28, bytes.length - 1])
      expect(() => decrypt(key, bytes.subarray(0, length), ['x'])).toThrow();
  });
});
