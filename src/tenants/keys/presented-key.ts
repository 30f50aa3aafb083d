import type { IncomingHttpHeaders } from 'node:http';

/**
 * The key that a request carries: `Authorization: Bearer …`, else `x-api-key`, else `api-key`. Never from the query
 * string. Undefined where there is none.
 */
export function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers;
  if (authorization !== undefined) {
    return /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  }
  return single(headers['x-api-key']) ?? single(headers['api-key']);
}

function single(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}
