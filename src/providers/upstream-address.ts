import ipaddr from 'ipaddr.js';
import { GatewayError } from '../core/errors.js';
import { isPublicAddress, NOT_PUBLIC } from '../core/network-address.js';
import { parsedUrl } from '../core/parsed-url.js';

/** Which addresses a stored credential may name. */
export interface AddressPolicy {
  readonly allowPrivate: boolean;
  readonly allowHttp: boolean;
}

/** Below this every port but those of HTTP is some other service's. Source: RFC 6335, section 6. */
const FIRST_USER_PORT = 1_024;
const HTTP_PORTS: ReadonlySet<number> = new Set([80, 443]);

/**
 * Ports above 1023 at which something else than HTTP answers by custom, or HTTP that must not be spoken to from
 * outside: databases, caches, queues, remote desktops, and the inner doors of container platforms.
 */
const OTHER_SERVICES: ReadonlySet<number> = new Set([
  ...[1433, 1434, 1521, 3306, 5432, 5433, 5984, 6432, 7687, 26257, 27017, 27018, 27019, 50000],
  ...[6379, 6380, 11211, 16379, 26379, 7000, 7001, 9042, 9160],
  ...[1883, 4222, 4369, 5671, 5672, 9092, 9093, 15672, 61613, 61616],
  ...[9200, 9300, 8086, 2049, 3260, 3389, 5900, 5901, 5985, 5986],
  ...[2181, 2375, 2376, 2379, 2380, 4243, 6443, 8500, 8600, 10250, 10255, 10257, 10259],
]);

/**
 * An address for a provider in its one form, without a trailing slash. Names are not looked up here: what they lead
 * to is checked where the socket connects.
 * @throws GatewayError invalid_parameter (base_url) with the reason
 */
export function readBaseUrl(text: string, policy: AddressPolicy): string {
  const url = parsedUrl(text);
  const problem = url ? problemOf(url, policy) : 'is not a URL';
  if (!url || problem !== undefined) throw badAddress(problem ?? 'is not a URL');
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** The error of an address that cannot be used, with `reason` as the end of its sentence. */
export function badAddress(reason: string): GatewayError {
  return new GatewayError('invalid_parameter', {
    param: 'base_url',
    message: `base_url ${reason}.`,
  });
}

function problemOf(url: URL, { allowPrivate, allowHttp }: AddressPolicy): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://';
  if (url.protocol === 'http:' && !allowHttp) return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must not carry a user or a password';
  if (url.search !== '' || url.hash !== '') return 'must not have a query or a fragment';
  if (!isPortAllowed(url)) return `must not use port ${url.port}, which is another service's`;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowPrivate && ipaddr.isValid(host) && !isPublicAddress(host)) return NOT_PUBLIC;
  return undefined;
}

function isPortAllowed({ port }: URL): boolean {
  if (port === '') return true;
  const number = Number(port);
  if (HTTP_PORTS.has(number)) return true;
  return number >= FIRST_USER_PORT && !OTHER_SERVICES.has(number);
}
