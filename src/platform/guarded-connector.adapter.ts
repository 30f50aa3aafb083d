import { lookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { GatewayError } from '../core/errors.js';
import { isPublicAddress, NOT_PUBLIC } from '../core/network-address.js';

/** Under which a test puts its own look-up of names. */
export const RESOLVE_ALL = Symbol('resolve-all');

/** All addresses of a name, as `dns.lookup` gives them. */
export type ResolveAll = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Connects to public addresses only. It looks at what a name leads to at the moment of connecting, and the socket goes
 * to those very addresses: a name cannot turn into another address in between. One private address among several is
 * enough to refuse the name.
 */
export function guardedConnector(
  options: buildConnector.BuildOptions,
  resolveAll: ResolveAll = lookup,
): buildConnector.connector {
  const connect = buildConnector({ ...options, lookup: publicLookup(resolveAll) });
  return (target, callback) => {
    // A literal address is connected to without a look-up.
    const host = target.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !isPublicAddress(host)) callback(privateAddress(host), null);
    else connect(target, callback);
  };
}

function publicLookup(resolveAll: ResolveAll): LookupFunction {
  return (hostname, options, callback) => {
    resolveAll(hostname, { ...options, all: true }, (error, addresses) => {
      const first = addresses?.[0];
      if (error || !first) return callback(error ?? new Error(`no address for ${hostname}`), '', 0);
      if (!addresses.every(({ address }) => isPublicAddress(address)))
        return callback(privateAddress(hostname), '', 0);
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

function privateAddress(host: string): GatewayError {
  return new GatewayError('upstream_error', {
    detail: `${host} ${NOT_PUBLIC} (ALLOW_PRIVATE_UPSTREAMS)`,
  });
}
