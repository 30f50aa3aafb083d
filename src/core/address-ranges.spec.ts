import { describe, expect, it } from '@jest/globals';
import { isWithin, parseAddress, parseRange, parseRangeList } from './address-ranges.js';

/** Whether an address is in a range, both as text. */
function isIn(address: string, range: string): boolean {
  const parsed = parseAddress(address);
  const parsedRange = parseRange(range);
  if (!parsed || !parsedRange) throw new Error(`cannot be read: ${address} ${range}`);
  return isWithin(parsed, [parsedRange]);
}

describe('a range', () => {
  it.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.0.0.0', '10.0.0.0/8', false],
    ['10.1.2.3', '10.255.0.1/8', true],
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.8', '203.0.113.7', false],
    ['1.2.3.4', '0.0.0.0/0', true],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:DB8:0:0::1', '2001:db8::1', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['::1', '0.0.0.0/0', false],
    ['127.0.0.1', '::/0', false],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
    ['::ffff:0a01:0203', '10.0.0.0/8', true],
    ['10.1.2.3', '::ffff:10.0.0.0/104', true],
    ['11.1.2.3', '::ffff:10.0.0.0/104', false],
    ['10.1.2.3', '::ffff:0:0/96', true],
  ])('%s in %s: %s', (address, range, expected) => {
    expect(isIn(address, range)).toBe(expected);
  });

  it.each([
    '',
    '10.0.0',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/',
    '10.0.0.0/255.0.0.0',
    '010.0.0.1',
    '0x0a.0.0.1',
    '167772161',
    '2001:db8::/129',
    'fe80::1%eth0',
    'fe80::%1/64',
    'localhost',
    ' 10.0.0.1',
  ])('%j is none', (text) => {
    expect(parseRange(text)).toBeUndefined();
  });
});

describe('a list of ranges', () => {
  it('may be empty, and have spaces', () => {
    expect(parseRangeList('')).toEqual([]);
    expect(parseRangeList(' 10.0.0.0/8 , ::1 ')).toHaveLength(2);
  });

  it.each(['10.0.0.0/8,', ',', '10.0.0.0/8;::1', 'loopback'])('%j is none', (text) => {
    expect(parseRangeList(text)).toBeUndefined();
  });
});
