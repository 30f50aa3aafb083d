import ipaddr from 'ipaddr.js';

/**
 * The block of addresses that one client is likely to have: an IPv4 address alone, the /64 of an IPv6 address. What is
 * no address is its own block.
 */
export function addressBlock(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
