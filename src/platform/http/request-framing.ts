import type { IncomingMessage } from 'node:http';

type Head = Pick<IncomingMessage, 'httpVersion' | 'url' | 'headers' | 'rawHeaders'>;

const SLASH = '/';
const HOST = 'host';

/**
 * Why the head of a request is refused although Node's parser takes it; undefined for all that are in order. What Node
 * and a proxy before it may read in two ways must not be read at all: where one of them sees the end of a request, the
 * other could see a request more. Source: RFC 9112, sections 2.3, 3.2 and 6.1.
 */
export function framingFault({ httpVersion, url, headers, rawHeaders }: Head): string | undefined {
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    return 'The only transfer coding is chunked.';
  if (httpVersion !== '1.1') {
    if (httpVersion !== '1.0') return 'The version of HTTP must be 1.0 or 1.1.';
    if (coding !== undefined) return 'HTTP/1.0 has no transfer coding.';
  }
  if (url?.startsWith(SLASH) !== true) return 'The target of a request must be a path.';
  const hosts = hostsIn(rawHeaders);
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) return 'There must be one Host header.';
  return undefined;
}

/** Node keeps the first of several. */
function hostsIn(rawHeaders: readonly string[]): number {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === HOST.length && name.toLowerCase() === HOST) hosts++;
  }
  return hosts;
}
