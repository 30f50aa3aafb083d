import ipaddr from 'ipaddr.js';

export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

/** A network and the length of its prefix in bits. */
export type AddressRange = readonly [IpAddress, number];

/** Bits of `::ffff:0:0/96`, under which IPv6 writes IPv4 addresses. Source: RFC 4291, 2.5.5.2. */
const MAPPED_PREFIX = 96;

/** An address in its plain form, IPv4 out of its IPv6 clothes; undefined for what is none. */
export function parseAddress(text: string): IpAddress | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.process(text);
}

/** `203.0.113.0/24`, `2001:db8::/32` or one address; undefined for what is none. */
export function parseRange(text: string): AddressRange | undefined {
  if (text.includes('%')) return undefined;
  const isRange = ipaddr.IPv4.isValidCIDRFourPartDecimal(text) || ipaddr.IPv6.isValidCIDR(text);
  if (!isRange) {
    const address = parseAddress(text);
    return address && [address, bitsOf(address)];
  }
  const [network, bits] = ipaddr.parseCIDR(text);
  const isMapped = network instanceof ipaddr.IPv6 && network.isIPv4MappedAddress();
  return isMapped && bits >= MAPPED_PREFIX
    ? [network.toIPv4Address(), bits - MAPPED_PREFIX]
    : [network, bits];
}

/** Whether an address is in one of the ranges. */
export function isWithin(address: IpAddress, ranges: readonly AddressRange[]): boolean {
  return ranges.some(
    ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
  );
}

/** A comma-separated list of ranges; undefined where an entry is none. The empty text is the empty list. */
export function parseRangeList(text: string): readonly AddressRange[] | undefined {
  const entries = text.split(',').map((entry) => entry.trim());
  if (entries.length === 1 && entries[0] === '') return [];
  const ranges = entries.map(parseRange);
  return ranges.every((range) => range !== undefined) ? ranges : undefined;
}

function bitsOf(address: IpAddress): number {
  return address.kind() === 'ipv4' ? 32 : 128;
}
