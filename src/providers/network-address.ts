import ipaddr from 'ipaddr.js';

/**
 * Whether an IP address is out on the public internet: not loopback, private, link-local, carrier-grade NAT,
 * multicast, reserved, or an IPv4 address of that kind in IPv6 clothes.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  return ipaddr.process(address).range() === 'unicast';
}
