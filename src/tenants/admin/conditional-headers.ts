import { GatewayError } from '../../core/errors.js';

const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;
const ENTITY_TAG = /^(?:W\/)?"(\d{1,9})"$/;

/** The key of a write that may be repeated. @throws GatewayError invalid_parameter (Idempotency-Key) */
export function parseIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (IDEMPOTENCY_KEY.test(header)) return header;
  throw new GatewayError('invalid_parameter', {
    param: 'Idempotency-Key',
    message: 'Idempotency-Key must be 1 to 255 printable ASCII characters.',
  });
}

/**
 * The version that a client saw, from If-Match: `"3"` or `W/"3"`; undefined where it takes any, by `*` or without the
 * header. @throws GatewayError invalid_parameter (If-Match)
 */
export function parseIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const [, version] = ENTITY_TAG.exec(header.trim()) ?? [];
  if (version !== undefined) return Number(version);
  throw new GatewayError('invalid_parameter', {
    param: 'If-Match',
    message: 'If-Match must be one ETag of the resource, such as "3", or *.',
  });
}
