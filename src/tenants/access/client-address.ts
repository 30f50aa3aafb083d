import { isWithin, parseAddress, type AddressRange } from '../../core/address-ranges.js';

/** An address of X-Forwarded-For with the port that some proxies add: `192.0.2.1:443`, `[2001:db8::1]:443`. */
const WITH_PORT = /^(?:\[([0-9A-Fa-f:.]+)\]|(\d{1,3}(?:\.\d{1,3}){3}))(?::\d{1,5})?$/;

/**
 * The address that a request came from. It is the socket's, unless that is a trusted proxy: then X-Forwarded-For is
 * read from the right, where the proxies write, and the first address that is no trusted proxy is the client's. What
 * stands left of it came from the client and counts for nothing. IPv4 in IPv6 clothes is given as IPv4.
 *
 * Unknown (an empty text) where the socket has no address any more, or a proxy wrote something that is no address.
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | readonly string[] | undefined,
  trusted: readonly AddressRange[],
): string {
  let address = parseAddress(socketAddress ?? '');
  if (forwardedFor === undefined || forwardedFor.length === 0 || trusted.length === 0)
    return address?.toString() ?? '';
  const hops = [forwardedFor].flat().join(',').split(',');
  for (let hop = hops.pop(); hop !== undefined; hop = hops.pop()) {
    if (!address || !isWithin(address, trusted)) break;
    address = parseAddress(withoutPort(hop.trim()));
  }
  return address?.toString() ?? '';
}

function withoutPort(text: string): string {
  const match = WITH_PORT.exec(text);
  return match?.[1] ?? match?.[2] ?? text;
}
