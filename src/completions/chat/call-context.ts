import type { IncomingHttpHeaders } from 'node:http';
import type { CallContext } from '../../calls/index.js';
import { GatewayError } from '../../core/errors.js';
import { plainText } from '../../core/text.js';
import { givenRequestId } from '../../platform/http/request-id.adapter.js';

const TAG_PREFIX = 'x-osm-tag-';
const MAX_TAGS = 8;
const MAX_TEXT = 256;

/**
 * What the headers of a request tell about the call.
 * @throws GatewayError invalid_parameter for more than eight tags
 */
export function callContextOf(headers: IncomingHttpHeaders): CallContext {
  const noFallback = single(headers['x-no-fallback'])?.toLowerCase();
  return {
    clientRequestId: givenRequestId(headers) ?? null,
    source: textOf(single(headers['x-source']) ?? headers.referer),
    sessionId: textOf(single(headers['x-session-id'])),
    tags: tagsOf(headers),
    allowFallback: noFallback === undefined || noFallback === 'false' || noFallback === '0',
  };
}

function tagsOf(headers: IncomingHttpHeaders): Record<string, string> {
  const tags: [string, string][] = [];
  for (const name in headers) {
    if (!name.startsWith(TAG_PREFIX) || name.length === TAG_PREFIX.length) continue;
    const value = textOf(single(headers[name]));
    if (value !== null) tags.push([plainText(name.slice(TAG_PREFIX.length), MAX_TEXT), value]);
  }
  if (tags.length > MAX_TAGS) {
    const message = `A request may carry at most ${MAX_TAGS} X-Osm-Tag-… headers.`;
    throw new GatewayError('invalid_parameter', { param: 'X-Osm-Tag', message });
  }
  return Object.fromEntries(tags);
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function textOf(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : plainText(value, MAX_TEXT);
}
