import ipaddr from 'ipaddr.js';

/** How the errors that refuse an address end. */
export const NOT_PUBLIC = 'is not a public address';

/** The part of IPv6 that is given out for the public internet. Source: iana.org/assignments/ipv6-address-space. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an IP address is out on the public internet: not loopback, private, link-local, carrier-grade NAT,
 * multicast, reserved, or an IPv4 address of that kind in IPv6 clothes.
 */
export function isPublicAddress(address: string): boolean {
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address);
  if (!isAddress) return false;
  const plain = ipaddr.process(address);
  if (plain.range() !== 'unicast') return false;
  return plain instanceof ipaddr.IPv4 || plain.match(GLOBAL_UNICAST);
}
