import { describe, expect, it } from '@jest/globals';
import { isPublicAddress } from './network-address.js';

/** The host of a URL as the client connects to it: other spellings of an address are told apart by the URL parser. */
function hostOf(written: string): string {
  return new URL(`http://${written}/`).hostname.replace(/^\[|\]$/g, '');
}

/** Addresses that must never be connected to, in the forms in which they are hidden. */
const INNER = [
  // Loopback.
  ...['127.0.0.1', '127.1', '127.0.1', '127.255.255.254', '2130706433', '0x7f000001', '0x7f.1'],
  ...[
    '0177.0.0.1',
    '017700000001',
    '127.0.0.1.',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
  ],
  ...['[::ffff:7f00:1]', '[0:0:0:0:0:ffff:7f00:0001]', '[::127.0.0.1]', '[::7f00:1]'],
  ...['%31%32%37.0.0.1', '１２７.0.0.1', '①②⑦.0.0.1'],
  // This host, and nobody.
  ...['0.0.0.0', '0', '0x0', '0.1.2.3', '[::]', '[::ffff:0.0.0.0]'],
  // Private networks.
  ...['10.0.0.1', '10.255.255.255', '0xa000001', '172.16.0.1', '172.31.255.255', '192.168.0.1'],
  ...['3232235521', '[::ffff:10.0.0.1]', '[::ffff:192.168.0.1]', '[fc00::1]', '[fd00::1]'],
  ...['[fdff:ffff::1]', '[fec0::1]'],
  // Link-local, with the metadata services of the clouds.
  ...['169.254.169.254', '169.254.0.1', '2852039166', '0xa9fea9fe', '0251.0376.0251.0376'],
  ...[
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '[fe80::1]',
    '[febf::1]',
    '[fd00:ec2::254]',
  ],
  // Carrier-grade NAT, multicast, broadcast, reserved, documentation, benchmarks.
  ...[
    '100.64.0.1',
    '100.127.255.254',
    '224.0.0.1',
    '239.255.255.255',
    '255.255.255.255',
    '240.0.0.1',
  ],
  ...[
    '192.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '[ff02::1]',
    '[2001:db8::1]',
  ],
  // IPv4 in the clothes of a tunnel.
  ...[
    '[64:ff9b::7f00:1]',
    '[64:ff9b::a9fe:a9fe]',
    '[2002:7f00:1::]',
    '[2002:a9fe:a9fe::1]',
    '[2001::1]',
  ],
];

describe('isPublicAddress', () => {
  it.each(INNER)('%s is not public', (written) => {
    expect(isPublicAddress(hostOf(written))).toBe(false);
  });

  it.each([
    ...[
      '1.1.1.1',
      '8.8.8.8',
      '9.255.255.255',
      '11.0.0.1',
      '100.63.255.255',
      '100.128.0.1',
      '172.15.255.255',
    ],
    ...['172.32.0.1', '169.253.255.255', '192.167.255.255', '223.255.255.254', '[2606:4700::1111]'],
    ...['[2a00:1450:4001:81b::200a]', '[::ffff:8.8.8.8]'],
  ])('%s is public', (written) => {
    expect(isPublicAddress(hostOf(written))).toBe(true);
  });

  it.each([
    '',
    'localhost',
    'example.com',
    '1.2.3',
    '1.2.3.4.5',
    '127.0.0.1:80',
    ':::',
    '1.1.1.1/0',
  ])('what is no address is not public: %j', (text) => {
    expect(isPublicAddress(text)).toBe(false);
  });
});
