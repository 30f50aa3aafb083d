import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { formatKey, keyRingProblem, parseKeyRing } from './key-ring.js';

const one = formatKey('k1', randomBytes(32));
const two = formatKey('k-2_b', randomBytes(32));

describe('parseKeyRing', () => {
  it.each([`${one},${two}`, ` ${one} , ${two}\n`, `${one}\n${two}\n`])(
    'the first key is the current one (form %#)',
    (text) => {
      const { currentId, keys } = parseKeyRing(text);
      expect([currentId, ...keys.keys()]).toEqual(['k1', 'k1', 'k-2_b']);
      expect(formatKey('k1', keys.get('k1') ?? new Uint8Array())).toBe(one);
    },
  );

  it.each([
    ['', /no key/],
    [' , ', /no key/],
    ['k1', /entry 1/],
    [`${one},k2:short=`, /entry 2/],
    [`k1:${randomBytes(16).toString('base64')}`, /entry 1/],
    [`k1:${randomBytes(33).toString('base64')}`, /entry 1/],
    [`k 1:${randomBytes(32).toString('base64')}`, /entry 1/],
    [`${one},${one}`, /k1 stands for two/],
    [formatKey('weak', Buffer.alloc(32)), /weak is not random/],
    [formatKey('weak', Buffer.from('changeme'.repeat(4))), /weak is not random/],
  ])('refuses form %#', (text, message) => {
    expect(() => parseKeyRing(text)).toThrow(message);
  });

  it('does not repeat a key in its complaint', () => {
    const secret = randomBytes(32).toString('hex');
    expect(keyRingProblem(`k1:${secret}`, true)).toEqual(expect.not.stringContaining(secret));
  });
});

describe('keyRingProblem', () => {
  it('may be absent everywhere but in production', () => {
    expect(keyRingProblem(undefined, false)).toBeUndefined();
    expect(keyRingProblem(undefined, true)).toMatch(/must be set in production/);
    expect(keyRingProblem(one, true)).toBeUndefined();
    expect(keyRingProblem('', false)).toMatch(/no key/);
  });
});
