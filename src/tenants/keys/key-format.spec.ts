import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createKey, describeKey, hashKey, isWellFormedKey, type KeyKind } from './key-format.js';

const KINDS: readonly KeyKind[] = ['osm_', 'osmadm_'];
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

describe('keys', () => {
  it.each(KINDS)('%s: kind, 40 characters, 6 of checksum', (kind) => {
    const { key, prefix, hash } = createKey(kind);
    expect(key).toMatch(new RegExp(`^${kind}[0-9A-Za-z]{46}$`));
    expect(isWellFormedKey(key, kind)).toBe(true);
    expect(prefix).toBe(key.slice(0, kind.length + 8));
    expect(Buffer.from(hash)).toEqual(createHash('sha256').update(key).digest());
  });

  it('are never the same, and use the whole alphabet evenly', () => {
    const keys = Array.from({ length: 2_000 }, () => createKey('osm_').key.slice(4, 44));
    expect(new Set(keys).size).toBe(keys.length);
    const counts = new Map<string, number>();
    for (const character of keys.join('')) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual(Array.from(ALPHABET).sort());
    // 80,000 characters of 62: 1,290 of each, with a standard deviation of 36.
    for (const count of counts.values()) expect(Math.abs(count - 1_290)).toBeLessThan(250);
  });

  it('of one kind are none of another', () => {
    const { key } = createKey('osm_');
    expect(isWellFormedKey(key, 'osmadm_')).toBe(false);
    expect(isWellFormedKey(createKey('osmadm_').key, 'osm_')).toBe(false);
  });

  it('a typo in any place is told, whatever character it puts there', () => {
    const { key } = createKey('osm_');
    for (let at = 0; at < key.length; at++) {
      for (const character of `${ALPHABET}-_ é`) {
        if (character === key[at]) continue;
        expect(isWellFormedKey(key.slice(0, at) + character + key.slice(at + 1), 'osm_')).toBe(
          false,
        );
      }
    }
  });

  it('two characters that changed places are told', () => {
    fc.assert(
      fc.property(fc.nat(44), (at) => {
        const { key } = createKey('osm_');
        const [left, right] = [key[at] ?? '', key[at + 1] ?? ''];
        fc.pre(left !== right && at > 3);
        expect(isWellFormedKey(key.slice(0, at) + right + left + key.slice(at + 2), 'osm_')).toBe(
          false,
        );
      }),
    );
  });

  it('any other text is none', () => {
    const { key } = createKey('osm_');
    for (const text of [
      '',
      'osm_',
      key.slice(0, -1),
      `${key}0`,
      ` ${key}`,
      key.toLowerCase(),
      key.slice(4),
    ])
      expect(isWellFormedKey(text, 'osm_')).toBe(false);
    fc.assert(fc.property(fc.string(), (text) => !isWellFormedKey(text, 'osm_')));
  });

  it('a key that is given is described as one that was made', () => {
    const made = createKey('osmadm_');
    expect(describeKey(made.key)).toEqual(made);
    expect(hashKey(made.key)).toEqual(made.hash);
  });
});
