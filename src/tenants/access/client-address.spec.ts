import { describe, expect, it } from '@jest/globals';
import { parseRangeList } from '../../core/address-ranges.js';
import { clientAddress } from './client-address.js';

const PROXIES = parseRangeList('10.0.0.0/8, 2001:db8:ffff::/48') ?? [];

describe('the client’s address', () => {
  it.each<[string, string | undefined, string | readonly string[] | undefined, string]>([
    ['without proxies it is the socket’s', '203.0.113.7', undefined, '203.0.113.7'],
    ['IPv4 in IPv6 clothes is IPv4', '::ffff:203.0.113.7', undefined, '203.0.113.7'],
    [
      'a header that came straight from a client counts for nothing',
      '203.0.113.7',
      '192.0.2.1',
      '203.0.113.7',
    ],
    ['behind a proxy it is what the proxy saw', '10.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['behind a proxy in IPv6 clothes', '::ffff:10.0.0.1', '203.0.113.7', '203.0.113.7'],
    [
      'what the client wrote before it counts for nothing',
      '10.0.0.1',
      '192.0.2.1, 203.0.113.7',
      '203.0.113.7',
    ],
    ['nor where it names a proxy', '10.0.0.1', '10.0.0.9, 203.0.113.7', '203.0.113.7'],
    ['behind two proxies', '10.0.0.1', '203.0.113.7, 10.0.0.2', '203.0.113.7'],
    ['behind two proxies, forged', '10.0.0.1', '192.0.2.1, 203.0.113.7, 10.0.0.2', '203.0.113.7'],
    ['behind a proxy of IPv6', '2001:db8:ffff::1', '2001:db8::7', '2001:db8::7'],
    ['with the port that a proxy added', '10.0.0.1', '203.0.113.7:4711', '203.0.113.7'],
    ['with port and brackets', '10.0.0.1', '[2001:db8::7]:4711', '2001:db8::7'],
    ['in several headers', '10.0.0.1', ['192.0.2.1', '203.0.113.7'], '203.0.113.7'],
    ['of a proxy that asks for itself', '10.0.0.1', undefined, '10.0.0.1'],
    ['of a proxy that asks for a proxy', '10.0.0.1', '10.0.0.2', '10.0.0.2'],
    ['an empty header is none', '10.0.0.1', '', '10.0.0.1'],
    ['unknown where the proxy wrote nonsense', '10.0.0.1', '203.0.113.7, unknown', ''],
    ['unknown where the proxy wrote nothing', '10.0.0.1', '203.0.113.7,', ''],
    ['unknown where the socket is gone', undefined, '203.0.113.7', ''],
  ])('%s', (_what, socket, forwarded, expected) => {
    expect(clientAddress(socket, forwarded, PROXIES)).toBe(expected);
  });

  it('without trusted proxies X-Forwarded-For is never read', () => {
    expect(clientAddress('10.0.0.1', '203.0.113.7', [])).toBe('10.0.0.1');
  });
});
